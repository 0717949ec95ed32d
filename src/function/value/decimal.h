#pragma once

// Arithmetic on decimals: 128-bit integers and a scale known from the type. Results are rounded
// half up (away from zero at the half), as java.math.BigDecimal does for Flink; what needs more
// than 38 digits is nullopt, which SQL shows as NULL.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "column/column.h"

namespace millrace::function {

constexpr int kMaxDecimalDigits = 38;

__int128 power_of_ten(int exponent);  // 0 to 38
bool fits_precision(__int128 unscaled, int precision);

std::optional<__int128> rescaled(__int128 unscaled, int from_scale, int to_scale);
// Cuts the fraction off.
__int128 integral_part(__int128 unscaled, int scale);
// a * b / 10^dropped_digits; a negative count of digits appends zeros.
std::optional<__int128> multiplied(__int128 a, __int128 b, int dropped_digits);
// a * 10^extra_digits / b for b != 0.
std::optional<__int128> divided(__int128 a, __int128 b, int extra_digits);

double to_double(__int128 unscaled, int scale);
std::string decimal_text(__int128 unscaled, int scale);

// How a text reads as a decimal.
struct ParsedDecimal {
  enum class Outcome : uint8_t { good, overflow, not_a_number };
  Outcome outcome = Outcome::good;
  __int128 unscaled = 0;
};
// Digits with an optional sign, point and exponent.
ParsedDecimal parse_decimal(std::string_view text, int precision, int scale);
// Of the digits that `value` is written in as text; not_a_number for NaN and infinities.
ParsedDecimal decimal_from_double(double value, int precision, int scale);

// Reads a decimal column of either width, or one of BIGINTs.
class DecimalView {
 public:
  explicit DecimalView(const Column& column)
      : narrow_(column), wide_(column), is_wide_(column.type().physical() == Physical::i128) {}

  __int128 operator[](size_t row) const { return is_wide_ ? wide_[row] : narrow_[row]; }
  bool is_null(size_t row) const { return narrow_.is_null(row); }
  bool has_nulls() const { return narrow_.has_nulls(); }

 private:
  View<int64_t> narrow_;
  View<__int128> wide_;
  bool is_wide_;
};

}  // namespace millrace::function
