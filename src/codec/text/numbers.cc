#include "codec/text/numbers.h"

#include <string_view>

#include "function/value/decimal.h"

namespace millrace::codec {

// Plain, but with an exponent where the scale is negative or the number small.
static void append_java_decimal(__int128 unscaled, int scale, std::string& out) {
  const std::string digits = function::decimal_text(unscaled < 0 ? -unscaled : unscaled, 0);
  const int exponent = static_cast<int>(digits.size()) - 1 - scale;
  if (scale >= 0 && exponent >= -6) {
    out += function::decimal_text(unscaled, scale);
    return;
  }
  out += unscaled < 0 ? "-" : "";
  out += digits[0];
  if (digits.size() > 1) {
    out += '.';
    out += std::string_view(digits).substr(1);
  }
  out += exponent < 0 ? "E" : "E+";
  append_integer(exponent, out);
}

void append_stripped_decimal(__int128 unscaled, int scale, std::string& out) {
  if (unscaled == 0) {
    scale = 0;
  }
  while (unscaled != 0 && unscaled % 10 == 0) {
    unscaled /= 10;
    --scale;
  }
  append_java_decimal(unscaled, scale, out);
}

}  // namespace millrace::codec
