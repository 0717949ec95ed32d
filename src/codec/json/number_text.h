#pragma once

// Numbers of JSON fields, coerced as Flink coerces them: 4.7 is 4 for an INT, "2" is 2, and what
// does not fit is refused.

#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace::codec {

// As Java's trim(): without everything up to the space at its ends.
std::string_view trimmed(std::string_view text);

// Whether `text` is a number in JSON's grammar.
bool is_json_number(std::string_view text);

// Of a JSON number, cut towards zero; nothing outside of [least, most].
std::optional<int64_t> integer_of_number(std::string_view number, int64_t least, int64_t most);
// Of a JSON string's text: decimal digits with an optional sign, and spaces around them.
std::optional<int64_t> integer_of_string(std::string_view text, int64_t least, int64_t most);

// Of a number, or of a string with spaces around it, NaN and Infinity included; which is what a
// number is that is too large.
std::optional<double> double_of(std::string_view text);

// Rounded half up to `scale` digits behind the point. `fits` is false where the value is a number
// of more digits than `precision`: NULL, as in Flink.
struct DecimalText {
  __int128 value;
  bool fits;
};
std::optional<DecimalText> decimal_of(std::string_view text, int32_t precision, int32_t scale);

}  // namespace millrace::codec
