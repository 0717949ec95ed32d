#pragma once

// Numbers as text and back, as Flink writes and reads them: doubles as Java's Double.toString,
// integers from text with the fraction cut off.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::function {

void append_double(double value, std::string& out);  // 1.0E10, 0.001, NaN, Infinity
void append_float(float value, std::string& out);

// An optional sign, digits and perhaps a point and more digits, which are dropped. Nothing where
// the text is none of that or passes 64 bits.
std::optional<int64_t> parse_integer(std::string_view text);
// As Java's Double.parseDouble.
std::optional<double> parse_double(std::string_view text);
std::optional<bool> parse_boolean(std::string_view text);

}  // namespace millrace::function
