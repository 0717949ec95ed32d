#include "function/value/java_decimal.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace millrace::function {

std::string java_decimal(std::string_view written) {
  const bool is_negative = written.starts_with('-');
  written.remove_prefix(is_negative ? 1 : 0);
  const size_t sign = written.find_first_of("eE");
  int64_t exponent = 0;
  if (sign != std::string_view::npos) {
    const std::string_view digits = written.substr(sign + (written[sign + 1] == '+' ? 2 : 1));
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
    if (read.ec != std::errc() || exponent > INT32_MAX || exponent < INT32_MIN) {
      return (is_negative ? "-" : "") + std::string(written);
    }
  }
  std::string digits;
  int64_t scale = -exponent;
  bool behind_point = false;
  for (const char c : written.substr(0, sign)) {
    behind_point = behind_point || c == '.';
    if (c != '.') {
      digits += c;
      scale += behind_point ? 1 : 0;
    }
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  const int64_t first = static_cast<int64_t>(digits.size()) - 1 - scale;  // digit's power of ten
  if (scale >= 0 && first >= -6) {
    const auto behind = static_cast<size_t>(scale);
    digits.insert(0, digits.size() <= behind ? behind + 1 - digits.size() : 0, '0');
    digits.insert(digits.size() - behind, behind > 0 ? 1 : 0, '.');
  } else {
    digits.insert(1, digits.size() > 1 ? 1 : 0, '.');
    digits += (first > 0 ? "E+" : "E") + std::to_string(first);
  }
  const bool is_zero = digits.find_first_not_of("0.") == std::string::npos;
  return (is_negative && !is_zero ? "-" : "") + digits;
}

}  // namespace millrace::function
