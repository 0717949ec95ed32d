#include "function/value/number_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace millrace::function {

namespace {

// Java writes plain digits from 1e-3 up to 1e7, "d.dddE<n>" elsewhere, and always a fraction.
template <typename T>
void append_floating(T value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::isinf(value)) {
    out += value < 0 ? "-Infinity" : "Infinity";
    return;
  }
  const T size = std::abs(value);
  const bool plain = size == 0 || (size >= static_cast<T>(1e-3) && size < static_cast<T>(1e7));
  std::array<char, 64> text;
  const auto written =
      std::to_chars(text.data(), text.data() + text.size(), value,
                    plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string_view digits(text.data(), static_cast<size_t>(written.ptr - text.data()));
  const size_t exponent_at = digits.find('e');
  const std::string_view mantissa = digits.substr(0, exponent_at);
  out += mantissa;
  if (mantissa.find('.') == std::string_view::npos) {
    out += ".0";
  }
  if (exponent_at != std::string_view::npos) {
    std::string_view exponent = digits.substr(exponent_at + 1);
    const bool negative = exponent.front() == '-';
    exponent.remove_prefix(1);  // to_chars always writes the sign, and two digits
    if (exponent.size() > 1 && exponent.front() == '0') {
      exponent.remove_prefix(1);
    }
    out += negative ? "E-" : "E";
    out += exponent;
  }
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) {
    return false;
  }
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] + 32) : text[i];
    if (c != lower[i]) {
      return false;
    }
  }
  return true;
}

bool is_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

void append_double(double value, std::string& out) { append_floating(value, out); }
void append_float(float value, std::string& out) { append_floating(value, out); }

std::string_view trimmed(std::string_view text) {
  const size_t from = text.find_first_not_of(' ');
  return from == std::string_view::npos ? std::string_view()
                                        : text.substr(from, text.find_last_not_of(' ') - from + 1);
}

std::optional<int64_t> parse_integer(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+') && !text.starts_with("+-")) {
    text.remove_prefix(1);
  }
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (point != std::string_view::npos && !is_digits(text.substr(point + 1))) {
    return std::nullopt;
  }
  int64_t value = 0;
  const auto [end, failure] = std::from_chars(whole.data(), whole.data() + whole.size(), value);
  if (failure != std::errc() || end != whole.data() + whole.size()) {
    return std::nullopt;
  }
  return value;
}

std::optional<double> parse_double(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with('+') && !text.starts_with("+-")) {
    text.remove_prefix(1);
  }
  if (text == "NaN") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (text == "Infinity" || text == "-Infinity") {
    const double infinity = std::numeric_limits<double>::infinity();
    return text.front() == '-' ? -infinity : infinity;
  }
  // from_chars knows "inf" and "nan" in any case, which Java does not.
  if (text.find_first_of("iInN") != std::string_view::npos) {
    return std::nullopt;
  }
  if (text.ends_with('d') || text.ends_with('D') || text.ends_with('f') || text.ends_with('F')) {
    text.remove_suffix(1);
  }
  double value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end != text.data() + text.size() || failure == std::errc::invalid_argument) {
    return std::nullopt;
  }
  if (failure == std::errc::result_out_of_range) {
    return std::strtod(std::string(text).c_str(), nullptr);  // zero or infinity
  }
  return value;
}

std::optional<bool> parse_boolean(std::string_view text) {
  text = trimmed(text);
  for (const std::string_view yes : {"t", "true", "y", "yes", "1"}) {
    if (equals_ignoring_case(text, yes)) {
      return true;
    }
  }
  for (const std::string_view no : {"f", "false", "n", "no", "0"}) {
    if (equals_ignoring_case(text, no)) {
      return false;
    }
  }
  return std::nullopt;
}

}  // namespace millrace::function
