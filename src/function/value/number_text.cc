#include "function/value/number_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/split.h"
#include "function/value/java_digits.h"

namespace millrace::function {

namespace {

// Java writes plain digits from 1e-3 up to 1e7, "d.dddE<n>" elsewhere, and always a fraction.
void append_digits(const JavaDigits& number, std::string& out) {
  const std::string_view digits = number.digits;
  const int32_t exponent = number.exponent;
  const auto or_zero = [](std::string_view fraction) {
    return fraction.empty() ? std::string_view("0") : fraction;
  };
  if (exponent > 0 && exponent < 8) {
    const auto whole = static_cast<size_t>(exponent);
    out += digits.substr(0, whole);
    out.append(whole - std::min(whole, digits.size()), '0');
    out += '.';
    out += or_zero(digits.substr(std::min(whole, digits.size())));
  } else if (exponent <= 0 && exponent > -3) {
    out += "0.";
    out.append(static_cast<size_t>(-exponent), '0');
    out += digits;
  } else {
    out += digits.front();
    out += '.';
    out += or_zero(digits.substr(1));
    out += 'E';
    out += std::to_string(exponent - 1);
  }
}

template <typename T>
void append_floating(T value, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  out += std::signbit(value) ? "-" : "";
  if (std::isinf(value)) {
    out += "Infinity";
  } else if (value == 0) {
    out += "0.0";
  } else {
    append_digits(java_digits(std::abs(value)), out);
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
  if (whole.empty() && point + 1 < text.size() && point != std::string_view::npos) {
    return 0;  // ".5"
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
