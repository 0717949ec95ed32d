#include "codec/text/base64.h"

#include <array>
#include <cstdint>

namespace millrace::codec {

static constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void append_base64(std::string_view bytes, std::string& out) {
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - at);
    uint32_t group = 0;
    for (size_t i = 0; i < 3; ++i) {
      group = group << 8 | (i < count ? static_cast<uint8_t>(bytes[at + i]) : 0);
    }
    for (size_t i = 0; i < 4; ++i) {
      out += i <= count ? kLetters[group >> (18 - 6 * i) & 63] : '=';
    }
  }
}

std::optional<std::string> bytes_of_base64(std::string_view text) {
  static constexpr auto kValues = [] {
    std::array<int8_t, 256> values{};
    values.fill(-1);
    for (size_t i = 0; i < kLetters.size(); ++i) {
      values[static_cast<uint8_t>(kLetters[i])] = static_cast<int8_t>(i);
    }
    return values;
  }();
  const size_t letters = std::min(text.find('='), text.size());
  if (text.find_first_not_of('=', letters) != std::string_view::npos || text.size() - letters > 2 ||
      letters % 4 == 1 || (letters < text.size() && text.size() % 4 != 0)) {
    return std::nullopt;
  }
  std::string bytes;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text.substr(0, letters)) {
    const int8_t value = kValues[static_cast<uint8_t>(c)];
    if (value < 0) {
      return std::nullopt;
    }
    bits = bits << 6 | static_cast<uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xFF);
    }
  }
  return bytes;
}

}  // namespace millrace::codec
