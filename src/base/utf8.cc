#include "base/utf8.h"

#include <cstdint>

#include "base/hex.h"

namespace millrace {

namespace {

// What may follow a first byte: how many bytes, and within which limits the first of them.
struct Lead {
  size_t more;  // 0: no character begins so
  uint8_t low = 0x80;
  uint8_t high = 0xBF;
};

Lead lead_of(uint8_t first) {
  if (first >= 0xC2 && first <= 0xDF) {
    return {1};
  }
  switch (first) {
    case 0xE0: return {2, 0xA0, 0xBF};  // shorter ones have a form of their own
    case 0xED: return {2, 0x80, 0x9F};  // surrogates are no characters
    case 0xF0: return {3, 0x90, 0xBF};
    case 0xF4: return {3, 0x80, 0x8F};  // the last is U+10FFFF
    default: break;
  }
  if (first >= 0xE1 && first <= 0xEF) {
    return {2};
  }
  return first >= 0xF1 && first <= 0xF3 ? Lead{3} : Lead{0};
}

// Calls plain(run) and broken(piece) for what `bytes` is made of, in order.
template <typename Plain, typename Broken>
void split(std::string_view bytes, Plain plain, Broken broken) {
  size_t plain_from = 0;
  for (size_t at = 0; at < bytes.size();) {
    const Utf8Piece piece = utf8_front(bytes.substr(at));
    if (!piece.well_formed) {
      plain(bytes.substr(plain_from, at - plain_from));
      broken(bytes.substr(at, piece.size));
      plain_from = at + piece.size;
    }
    at += piece.size;
  }
  plain(bytes.substr(plain_from));
}

}  // namespace

Utf8Piece utf8_front(std::string_view bytes) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  if (byte(0) < 0x80) {
    return {1, true};
  }
  const Lead lead = lead_of(byte(0));
  if (lead.more == 0) {
    return {1, false};
  }
  for (size_t i = 1; i <= lead.more; ++i) {
    const uint8_t low = i == 1 ? lead.low : 0x80;
    const uint8_t high = i == 1 ? lead.high : 0xBF;
    if (i >= bytes.size() || byte(i) < low || byte(i) > high) {
      return {i, false};
    }
  }
  return {lead.more + 1, true};
}

bool is_utf8(std::string_view bytes) {
  while (!bytes.empty()) {
    const Utf8Piece piece = utf8_front(bytes);
    if (!piece.well_formed) {
      return false;
    }
    bytes.remove_prefix(piece.size);
  }
  return true;
}

void append_utf8(uint32_t code, std::string& out) {
  const auto add = [&](uint32_t byte) { out += static_cast<char>(byte); };
  const auto add_rest = [&](int shift) { add(0x80 | (code >> shift & 0x3F)); };
  if (code < 0x80) {
    return add(code);
  }
  if (code < 0x800) {
    add(0xC0 | code >> 6);
  } else if (code < 0x10000) {
    add(0xE0 | code >> 12);
    add_rest(6);
  } else {
    add(0xF0 | code >> 18);
    add_rest(12);
    add_rest(6);
  }
  add_rest(0);
}

std::string with_replacements(std::string_view bytes) {
  std::string text;
  split(
      bytes, [&](std::string_view run) { text += run; },
      [&](std::string_view) { text += "\xEF\xBF\xBD"; });
  return text;
}

std::string with_escapes(std::string_view bytes) {
  std::string text;
  split(
      bytes, [&](std::string_view run) { text += run; },
      [&](std::string_view piece) {
        for (const char c : piece) {
          text += "\\x";
          append_large_hex(c, text);
        }
      });
  return text;
}

}  // namespace millrace
