#include "function/value/letter_case.h"

#include <cstdint>

#include "function/value/utf8.h"

namespace millrace::function {

namespace {

// A run of letters: capitals at [from, to] with the small ones `distance` behind, or, where the
// distance is 1, alternating capital and small.
struct Range {
  uint32_t from;
  uint32_t to;
  uint32_t distance;
};

constexpr Range kRanges[] = {
    {0x41, 0x5A, 32},   {0xC0, 0xD6, 32},    {0xD8, 0xDE, 32},    {0x100, 0x12E, 1},
    {0x132, 0x136, 1},  {0x139, 0x147, 1},   {0x14A, 0x176, 1},   {0x179, 0x17D, 1},
    {0x391, 0x3A1, 32}, {0x3A3, 0x3AB, 32},  {0x400, 0x40F, 80},  {0x410, 0x42F, 32},
    {0x460, 0x480, 1},  {0x48A, 0x4BE, 1},   {0x4C1, 0x4CD, 1},   {0x4D0, 0x52E, 1},
    {0x531, 0x556, 48}, {0x1E00, 0x1E94, 1}, {0x1EA0, 0x1EFE, 1},
};

uint32_t to_lower(uint32_t c) {
  for (const Range& range : kRanges) {
    if (c >= range.from && c <= range.to && (range.distance > 1 || (c - range.from) % 2 == 0)) {
      return c + range.distance;
    }
  }
  return c;
}

uint32_t to_upper(uint32_t c) {
  for (const Range& range : kRanges) {
    const uint32_t capital = c - range.distance;
    if (c >= range.distance && capital >= range.from && capital <= range.to &&
        (range.distance > 1 || (capital - range.from) % 2 == 0)) {
      return capital;
    }
  }
  return c;
}

// All letters of the table take two or three bytes; longer characters pass through.
uint32_t decode(std::string_view character) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(character[i]); };
  if (character.size() == 2) {
    return (byte(0) & 0x1FU) << 6 | (byte(1) & 0x3FU);
  }
  return (byte(0) & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU);
}

void encode(uint32_t c, std::string& out) {
  if (c < 0x800) {
    out += static_cast<char>(0xC0 | c >> 6);
  } else {
    out += static_cast<char>(0xE0 | c >> 12);
    out += static_cast<char>(0x80 | (c >> 6 & 0x3F));
  }
  out += static_cast<char>(0x80 | (c & 0x3F));
}

template <typename Map>
void append_mapped(std::string_view character, Map map, std::string& out) {
  const auto lead = static_cast<uint8_t>(character.front());
  if (character.size() == 1 && lead < 0x80) {
    out += static_cast<char>(map(lead));
  } else if ((character.size() == 2 && lead >= 0xC2) || (character.size() == 3 && lead >= 0xE0)) {
    encode(map(decode(character)), out);
  } else {
    out += character;
  }
}

// Appends the ASCII characters that the text begins with, those from `first` to the 25th behind it
// moved by `distance`. Returns the rest.
std::string_view append_ascii(std::string_view text, char first, int distance, std::string& out) {
  const size_t before = out.size();
  out.resize(before + text.size());
  char* to = out.data() + before;
  size_t size = 0;
  for (; size < text.size() && static_cast<uint8_t>(text[size]) < 0x80; ++size) {
    const char c = text[size];
    const bool moves = static_cast<uint8_t>(c - first) < 26;
    to[size] = static_cast<char>(c + (moves ? distance : 0));
  }
  out.resize(before + size);
  return text.substr(size);
}

template <typename Map>
void append_all(std::string_view text, Map map, std::string& out) {
  while (!text.empty()) {
    const size_t size = first_character_size(text);
    append_mapped(text.substr(0, size), map, out);
    text.remove_prefix(size);
  }
}

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         static_cast<uint8_t>(c) >= 0x80;
}

}  // namespace

void append_upper(std::string_view text, std::string& out) {
  append_all(append_ascii(text, 'a', 'A' - 'a', out), to_upper, out);
}
void append_lower(std::string_view text, std::string& out) {
  append_all(append_ascii(text, 'A', 'a' - 'A', out), to_lower, out);
}

void append_capitalized(std::string_view text, std::string& out) {
  bool within = false;
  while (!text.empty()) {
    const size_t size = first_character_size(text);
    append_mapped(text.substr(0, size), within ? to_lower : to_upper, out);
    within = is_word(text.front());
    text.remove_prefix(size);
  }
}

}  // namespace millrace::function
