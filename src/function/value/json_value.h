#pragma once

// A JSON document as the JSON functions look at it: numbers of any size, as text, and objects with
// their members as they come.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::function {

struct JsonMember;

struct JsonValue {
  enum class Kind : uint8_t { null_, boolean, number, text, array, object };

  Kind kind = Kind::null_;
  bool truth = false;  // of a boolean
  std::string text;    // of text, and of a number
  std::vector<JsonValue> elements;
  std::vector<JsonMember> members;

  static JsonValue number(std::string written);
  static JsonValue array(std::vector<JsonValue> elements);

  bool is_scalar() const { return kind != Kind::array && kind != Kind::object; }
  // The last member of a name, which is the one that counts; null where there is none.
  const JsonValue* find(std::string_view name) const;
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

// How numbers are kept: as java.math.BigDecimal writes them, or as they are written. Those of a
// VARIANT that was written down (variant.h) may be infinite besides.
enum class JsonNumbers : uint8_t { as_decimals, as_written, of_variant };

// Nothing of what is no JSON, nor of more than a thousand objects and arrays in each other or
// digits of a number.
std::optional<JsonValue> parse_json(std::string_view text);
// The value that a text begins with; what stands behind it is not looked at.
std::optional<JsonValue> parse_leading_json(std::string_view text,
                                            JsonNumbers numbers = JsonNumbers::as_decimals);

// Without blanks; members in the order of their names, and the last of each.
void append_json(const JsonValue& value, std::string& out);

}  // namespace millrace::function
