#pragma once

// JSON for the control plane: settings, Delta actions, REST bodies, checkpoint headers. Records on
// the hot path go through codec/json, never through this tree.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace millrace {

class Json {
 public:
  using Array = std::vector<Json>;
  using Members = std::vector<std::pair<std::string, Json>>;  // in the order written

  Json() = default;  // null
  Json(bool value) : value_(value) {}
  Json(int value) : value_(static_cast<int64_t>(value)) {}
  Json(int64_t value) : value_(value) {}
  Json(uint64_t value);
  Json(double value) : value_(value) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(std::string_view value) : value_(std::string(value)) {}
  Json(Array value) : value_(std::move(value)) {}

  static Json object(Members members = {});
  static Json array(Array elements = {}) { return Json(std::move(elements)); }

  // Throws Error(syntax) with what was expected and the byte where.
  static Json parse(std::string_view text);
  std::string dump() const;
  std::string dump_pretty() const;  // two spaces, for people

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_int() const { return std::holds_alternative<int64_t>(value_); }
  bool is_number() const { return is_int() || std::holds_alternative<double>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Members>(value_); }

  // Each throws Error(type_mismatch) when the value is of another kind.
  bool as_bool() const;
  int64_t as_int() const;
  double as_double() const;
  const std::string& as_string() const;
  const Array& as_array() const;
  const Members& as_members() const;

  // A member, or nullptr where there is none or this is no object.
  const Json* find(std::string_view name) const;
  // A member that must be there: Error(not_found) otherwise.
  const Json& at(std::string_view name) const;
  // Adds or replaces a member; turns null into an object.
  Json& set(std::string name, Json value);
  // Appends an element; turns null into an array.
  Json& push(Json element);

 private:
  std::variant<std::monostate, bool, int64_t, double, std::string, Array, Members> value_;
};

// Appends `text` as a JSON string, quotes included. Bytes that are not UTF-8 become U+FFFD.
void append_json_string(std::string_view text, std::string& out);
// Appends the shortest text that reads back as the same number; null for NaN and infinities.
void append_json_double(double value, std::string& out);

}  // namespace millrace
