#pragma once

// Numbers as the formats of records print them, which is as Java does.

#include <charconv>
#include <string>

namespace millrace::codec {

template <typename T>
void append_integer(T value, std::string& out) {
  char digits[24];
  const auto [end, problem] = std::to_chars(digits, digits + sizeof(digits), value);
  out.append(digits, static_cast<size_t>(end - digits));
}

// BigDecimal.stripTrailingZeros().toString(): 12.50 is "12.5", 100 is "1E+2".
void append_stripped_decimal(__int128 unscaled, int scale, std::string& out);

}  // namespace millrace::codec
