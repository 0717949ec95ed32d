#include "function/value/decimal.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "function/value/number_text.h"

namespace millrace::function {

using Unsigned = unsigned __int128;

static constexpr std::array<__int128, kMaxDecimalDigits + 1> kPowers = [] {
  std::array<__int128, kMaxDecimalDigits + 1> powers{};
  powers[0] = 1;
  for (size_t i = 1; i < powers.size(); ++i) {
    powers[i] = powers[i - 1] * 10;
  }
  return powers;
}();

__int128 power_of_ten(int exponent) {
  check(exponent >= 0 && exponent <= kMaxDecimalDigits);
  return kPowers[static_cast<size_t>(exponent)];
}

bool fits_precision(__int128 unscaled, int precision) {
  const __int128 limit = power_of_ten(precision);
  return unscaled < limit && unscaled > -limit;
}

static Unsigned magnitude(__int128 value) {
  return value < 0 ? -static_cast<Unsigned>(value) : static_cast<Unsigned>(value);
}

static std::optional<__int128> with_sign(Unsigned value, bool negative) {
  if (value >= static_cast<Unsigned>(kPowers[kMaxDecimalDigits])) {
    return std::nullopt;
  }
  const auto positive = static_cast<__int128>(value);
  return negative ? -positive : positive;
}

namespace {

struct Wide {  // 256 bits
  Unsigned high = 0;
  Unsigned low = 0;
};

Wide wide_product(Unsigned a, Unsigned b) {
  constexpr Unsigned kMask = UINT64_MAX;
  const Unsigned a0 = a & kMask;
  const Unsigned a1 = a >> 64;
  const Unsigned b0 = b & kMask;
  const Unsigned b1 = b >> 64;
  const Unsigned low = a0 * b0;
  const Unsigned middle = a1 * b0 + (low >> 64);
  const Unsigned crossed = a0 * b1 + (middle & kMask);
  return {a1 * b1 + (middle >> 64) + (crossed >> 64), (crossed << 64) | (low & kMask)};
}

// Half up; nullopt where the quotient passes 128 bits. The divisor is at most 10^38.
std::optional<Unsigned> rounded_quotient(Wide dividend, Unsigned divisor) {
  Unsigned quotient = 0;
  Unsigned rest = 0;
  if (dividend.high == 0) {
    quotient = dividend.low / divisor;
    rest = dividend.low % divisor;
  } else {
    if (dividend.high >= divisor) {
      return std::nullopt;
    }
    rest = dividend.high;
    for (int bit = 127; bit >= 0; --bit) {
      rest = (rest << 1) | ((dividend.low >> bit) & 1);  // divisor < 2^127, so nothing is lost
      quotient <<= 1;
      if (rest >= divisor) {
        rest -= divisor;
        quotient |= 1;
      }
    }
  }
  return quotient + (rest >= divisor - rest ? 1 : 0);
}

}  // namespace

std::optional<__int128> rescaled(__int128 unscaled, int from_scale, int to_scale) {
  if (from_scale == to_scale && fits_precision(unscaled, kMaxDecimalDigits)) {
    return unscaled;
  }
  return multiplied(unscaled, 1, from_scale - to_scale);
}

__int128 integral_part(__int128 unscaled, int scale) { return unscaled / power_of_ten(scale); }

std::optional<__int128> multiplied(__int128 a, __int128 b, int dropped_digits) {
  const bool negative = (a < 0) != (b < 0);
  const Wide product = wide_product(magnitude(a), magnitude(b));
  if (dropped_digits <= 0) {
    const Wide longer =
        wide_product(product.low, static_cast<Unsigned>(power_of_ten(-dropped_digits)));
    return product.high != 0 || longer.high != 0 ? std::nullopt : with_sign(longer.low, negative);
  }
  // More than 38 digits go in two steps. Rounding twice can be one off in the last digit, for
  // products of numbers that both have some twenty digits of fraction.
  if (dropped_digits > kMaxDecimalDigits) {
    const std::optional<Unsigned> most =
        rounded_quotient(product, static_cast<Unsigned>(kPowers[kMaxDecimalDigits]));
    check(most.has_value(), "the product of two decimals has at most 76 digits");
    return multiplied(with_sign(*most, negative).value_or(0), 1,
                      dropped_digits - kMaxDecimalDigits);
  }
  const std::optional<Unsigned> quotient =
      rounded_quotient(product, static_cast<Unsigned>(power_of_ten(dropped_digits)));
  return quotient ? with_sign(*quotient, negative) : std::nullopt;
}

// A digit at a time where a * 10^extra does not fit 128 bits.
static std::optional<__int128> long_division(Unsigned a, Unsigned b, int extra_digits,
                                             bool negative) {
  Unsigned quotient = a / b;
  Unsigned rest = a % b;
  for (int i = 0; i < extra_digits; ++i) {
    if (quotient >= static_cast<Unsigned>(kPowers[kMaxDecimalDigits - 1])) {
      return std::nullopt;
    }
    // rest < b <= 10^38, so ten times it may pass 128 bits: take the digit by subtraction.
    Unsigned digit = 0;
    Unsigned next = 0;
    for (int times = 0; times < 10; ++times) {
      if (next >= b - rest) {
        next -= b - rest;
        ++digit;
      } else {
        next += rest;
      }
    }
    quotient = quotient * 10 + digit;
    rest = next;
  }
  return with_sign(quotient + (rest >= b - rest ? 1 : 0), negative);
}

std::optional<__int128> divided(__int128 a, __int128 b, int extra_digits) {
  check(b != 0);
  const bool negative = (a < 0) != (b < 0);
  if (extra_digits >= 0 && extra_digits <= kMaxDecimalDigits) {
    const Wide longer =
        wide_product(magnitude(a), static_cast<Unsigned>(power_of_ten(extra_digits)));
    if (longer.high == 0) {
      return with_sign(*rounded_quotient(longer, magnitude(b)), negative);
    }
  }
  if (extra_digits >= 0) {
    return long_division(magnitude(a), magnitude(b), extra_digits, negative);
  }
  const Wide divisor =
      wide_product(magnitude(b), static_cast<Unsigned>(power_of_ten(-extra_digits)));
  if (divisor.high != 0 || divisor.low >= static_cast<Unsigned>(kPowers[kMaxDecimalDigits])) {
    return 0;  // at least 10^38 below, and a is less than that
  }
  const std::optional<Unsigned> quotient = rounded_quotient({0, magnitude(a)}, divisor.low);
  return with_sign(*quotient, negative);
}

double to_double(__int128 unscaled, int scale) {
  constexpr __int128 kExact = __int128{1} << 53;
  if (scale <= 22 && unscaled < kExact && unscaled > -kExact) {
    // Both are exact as doubles, so the one division rounds right.
    return static_cast<double>(unscaled) / static_cast<double>(power_of_ten(scale));
  }
  const std::string text = decimal_text(unscaled, scale);
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::string decimal_text(__int128 unscaled, int scale) {
  std::string digits;  // backwards
  Unsigned rest = magnitude(unscaled);
  for (int i = 0; rest != 0 || i <= scale; ++i) {
    if (i == scale && scale > 0) {
      digits += '.';
    }
    digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (unscaled < 0) {
    digits += '-';
  }
  std::reverse(digits.begin(), digits.end());
  return digits;
}

namespace {

struct Digits {
  std::string text;   // without leading zeros
  int64_t point = 0;  // digits before the decimal point; may lie outside the text
  bool negative = false;
};

std::optional<Digits> scan_digits(std::string_view text) {
  Digits digits;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    digits.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  bool seen_point = false;
  bool seen_digit = false;
  while (!text.empty() && text.front() != 'e' && text.front() != 'E') {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '.' && !seen_point) {
      seen_point = true;
    } else if (c >= '0' && c <= '9') {
      seen_digit = true;
      const bool leading_zero = c == '0' && digits.text.empty();
      if (!leading_zero) {
        digits.text += c;
      }
      digits.point += seen_point ? (leading_zero ? -1 : 0) : (leading_zero ? 0 : 1);
    } else {
      return std::nullopt;
    }
  }
  if (!seen_digit) {
    return std::nullopt;
  }
  if (!text.empty()) {
    text.remove_prefix(text.size() > 1 && text[1] == '+' ? 2 : 1);
    int32_t exponent = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (failure != std::errc() || end != text.data() + text.size()) {
      return std::nullopt;
    }
    digits.point += exponent;
  }
  return digits;
}

}  // namespace

ParsedDecimal parse_decimal(std::string_view text, int precision, int scale) {
  using Outcome = ParsedDecimal::Outcome;
  const std::optional<Digits> digits = scan_digits(text);
  if (!digits) {
    return {Outcome::not_a_number};
  }
  const int64_t wanted = digits->point + scale;  // digits that stay
  if (digits->text.empty() || wanted < 0) {
    return {};
  }
  if (wanted > kMaxDecimalDigits) {
    return {Outcome::overflow};
  }
  __int128 value = 0;
  for (size_t i = 0; i < static_cast<size_t>(wanted); ++i) {
    value = value * 10 + (i < digits->text.size() ? digits->text[i] - '0' : 0);
  }
  const auto next = static_cast<size_t>(wanted);
  value += next < digits->text.size() && digits->text[next] >= '5' ? 1 : 0;
  if (!fits_precision(value, precision)) {
    return {Outcome::overflow};
  }
  return {Outcome::good, digits->negative ? -value : value};
}

ParsedDecimal decimal_from_double(double value, int precision, int scale) {
  if (!std::isfinite(value)) {
    return {ParsedDecimal::Outcome::not_a_number};
  }
  std::string text;
  append_double(value, text);
  return parse_decimal(text, precision, scale);
}

}  // namespace millrace::function
