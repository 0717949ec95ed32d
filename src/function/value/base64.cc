#include "function/value/base64.h"

#include <cstdint>

namespace millrace::function {

static constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void append_base64(std::string_view text, std::string& out) {
  for (size_t at = 0; at < text.size(); at += 3) {
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i) {
      bits = bits << 8 | (at + i < text.size() ? static_cast<uint8_t>(text[at + i]) : 0U);
    }
    for (size_t i = 0; i < 4; ++i) {
      out += at + i <= text.size() ? kBase64[bits >> (18 - 6 * i) & 63] : '=';
    }
  }
}

bool append_from_base64(std::string_view text, std::string& out) {
  const size_t written = text.size();
  text = text.substr(0, text.find_last_not_of('=') + 1);
  if (text.size() != written && (written % 4 != 0 || written - text.size() > 2)) {
    return false;
  }
  uint32_t bits = 0;
  int waiting = 0;  // bits that are not written yet
  for (const char c : text) {
    const size_t digit = kBase64.find(c);
    if (digit == std::string_view::npos) {
      return false;
    }
    bits = bits << 6 | static_cast<uint32_t>(digit);
    waiting += 6;
    if (waiting >= 8) {
      waiting -= 8;
      out += static_cast<char>(bits >> waiting & 255);
    }
  }
  return text.size() % 4 != 1;
}

}  // namespace millrace::function
