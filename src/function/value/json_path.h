#pragma once

// The paths of SQL's JSON functions: [lax | strict] $, members, elements, wildcards of both, all
// that lies below, and at the end .length().

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "function/value/json_value.h"

namespace millrace::function {

class JsonPath {
 public:
  enum class Mode : uint8_t { lax, strict };

  // Throws Error(unsupported) for what is no such path.
  explicit JsonPath(std::string_view text);

  Mode mode() const { return mode_; }

  // What a path leads to: a value of the document, or with a wildcard an array of all of them, or
  // how many values there are in one. Nothing where it leads nowhere.
  std::optional<JsonValue> find_in(const JsonValue& document) const;

 private:
  struct Step {
    enum class Kind : uint8_t { member, element, some, slice, all, descend, length };
    Kind kind;
    std::string name;
    int64_t index = 0;                  // from the end where negative; of a slice where it begins
    std::vector<int64_t> indexes = {};  // of some
    std::optional<int64_t> end = std::nullopt;  // of a slice: ahead of it
  };

  JsonPath() = default;
  bool has_start(const JsonValue& document) const;
  void read_step(std::string_view text, size_t& at);
  void read_bracket(std::string_view text, size_t& at);
  static void read_indexes(std::string_view path, std::string_view inside, Step& step);
  void collect_element(const JsonValue& value, int64_t index, size_t step,
                       std::vector<JsonValue>& found) const;
  void collect(const JsonValue& value, size_t step, std::vector<JsonValue>& found) const;

  Mode mode_ = Mode::strict;
  std::vector<Step> steps_;
  bool has_wildcard_ = false;
  bool is_path_ = true;
};

}  // namespace millrace::function
