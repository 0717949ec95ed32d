#include "codec/json/number_text.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

namespace millrace::codec {

static bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') {
    text.remove_suffix(1);
  }
  return text;
}

// How many digits `text` begins with.
static size_t digits_in(std::string_view text) {
  size_t n = 0;
  while (n < text.size() && is_digit(text[n])) {
    ++n;
  }
  return n;
}

bool is_json_number(std::string_view text) {
  if (!text.empty() && text.front() == '-') {
    text.remove_prefix(1);
  }
  const size_t whole = digits_in(text);
  if (whole == 0 || (whole > 1 && text.front() == '0')) {
    return false;
  }
  text.remove_prefix(whole);
  if (!text.empty() && text.front() == '.') {
    const size_t behind = digits_in(text.substr(1));
    if (behind == 0) {
      return false;
    }
    text.remove_prefix(1 + behind);
  }
  if (!text.empty() && (text.front() | 0x20) == 'e') {
    text.remove_prefix(1);
    if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
      text.remove_prefix(1);
    }
    const size_t exponent = digits_in(text);
    if (exponent == 0) {
      return false;
    }
    text.remove_prefix(exponent);
  }
  return text.empty();
}

static std::optional<int64_t> within(int64_t value, int64_t least, int64_t most) {
  if (value < least || value > most) {
    return std::nullopt;
  }
  return value;
}

std::optional<int64_t> integer_of_number(std::string_view number, int64_t least, int64_t most) {
  int64_t whole = 0;
  const char* end = number.data() + number.size();
  const auto [at, problem] = std::from_chars(number.data(), end, whole);
  if (problem == std::errc() && at == end) {
    return within(whole, least, most);
  }
  double value = 0;
  const auto parsed = std::from_chars(number.data(), end, value);
  // 2^63 is the first double that is too large; -2^63 still fits.
  if (parsed.ec != std::errc() || !(value >= -0x1p63 && value < 0x1p63)) {
    return std::nullopt;
  }
  return within(static_cast<int64_t>(value), least, most);
}

std::optional<int64_t> integer_of_string(std::string_view text, int64_t least, int64_t most) {
  text = trimmed(text);
  if (!text.empty() && text.front() == '+' && text.size() > 1 && is_digit(text[1])) {
    text.remove_prefix(1);
  }
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc() || at != end) {
    return std::nullopt;
  }
  return within(value, least, most);
}

std::optional<double> double_of(std::string_view text) {
  text = trimmed(text);
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    text.remove_prefix(1);
  }
  if (text == "Infinity") {
    return negative ? -HUGE_VAL : HUGE_VAL;
  }
  if (text == "NaN") {
    return std::nan("");
  }
  if (text.empty() || !(is_digit(text.front()) || text.front() == '.')) {
    return std::nullopt;
  }
  if (text.find_last_of("dDfF") == text.size() - 1) {
    text.remove_suffix(1);  // as Java writes literals, and reads them
  }
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [at, problem] = std::from_chars(text.data(), end, value);
  if (at != end || (problem != std::errc() && problem != std::errc::result_out_of_range)) {
    return std::nullopt;
  }
  if (problem == std::errc::result_out_of_range) {
    value = std::strtod(std::string(text).c_str(), nullptr);  // none, or without end
  }
  return negative ? -value : value;
}

namespace {

// A decimal number taken apart: its digits without the point, and where the point stands.
struct Digits {
  bool negative = false;
  std::string_view whole;
  std::string_view behind;
  int64_t exponent = 0;

  size_t count() const { return whole.size() + behind.size(); }
  char at(size_t i) const { return i < whole.size() ? whole[i] : behind[i - whole.size()]; }
  // Digits before the point once the exponent has moved it.
  int64_t point() const { return static_cast<int64_t>(whole.size()) + exponent; }
};

std::optional<Digits> digits_of(std::string_view text) {
  Digits number;
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
    number.negative = text.front() == '-';
    text.remove_prefix(1);
  }
  number.whole = text.substr(0, digits_in(text));
  text.remove_prefix(number.whole.size());
  if (!text.empty() && text.front() == '.') {
    number.behind = text.substr(1, digits_in(text.substr(1)));
    text.remove_prefix(1 + number.behind.size());
  }
  if (number.count() == 0) {
    return std::nullopt;
  }
  if (!text.empty() && (text.front() | 0x20) == 'e') {
    const auto exponent = integer_of_string(text.substr(1), -1'000'000, 1'000'000);
    if (!exponent) {
      return std::nullopt;
    }
    number.exponent = *exponent;
    text = {};
  }
  return text.empty() ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<DecimalText> decimal_of(std::string_view text, int32_t precision, int32_t scale) {
  const auto number = digits_of(trimmed(text));
  if (!number) {
    return std::nullopt;
  }
  // The digits that stay are those before position `end`; the one behind them rounds.
  const int64_t end = number->point() + scale;
  __int128 value = 0;
  int32_t significant = 0;
  for (int64_t i = 0; i < end; ++i) {
    const char digit =
        i < static_cast<int64_t>(number->count()) ? number->at(static_cast<size_t>(i)) : '0';
    value = value * 10 + (digit - '0');
    significant += significant > 0 || digit != '0' ? 1 : 0;
    if (significant > precision) {
      return DecimalText{0, false};
    }
    if (significant == 0 && i >= static_cast<int64_t>(number->count())) {
      break;  // zero, however many zeros the exponent asks for
    }
  }
  if (end >= 0 && end < static_cast<int64_t>(number->count()) &&
      number->at(static_cast<size_t>(end)) >= '5') {
    ++value;
  }
  __int128 limit = 1;
  for (int32_t i = 0; i < precision; ++i) {
    limit *= 10;
  }
  return DecimalText{number->negative ? -value : value, value < limit};
}

}  // namespace millrace::codec
