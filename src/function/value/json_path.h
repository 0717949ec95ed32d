#pragma once

// The paths of SQL's JSON functions: [lax | strict] $, members, elements, wildcards of both, and
// all that lies below.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace millrace::function {

class JsonPath {
 public:
  enum class Mode : uint8_t { lax, strict };

  // Throws Error(unsupported) for what is no such path.
  explicit JsonPath(std::string_view text);

  Mode mode() const { return mode_; }

  // What a path leads to: a value of the document, or with a wildcard an array of all of them.
  // Nothing where it leads nowhere.
  std::optional<Json> find_in(const Json& document) const;
  // What find_in() found in this text, which is JSON, as it is written there; of paths without
  // wildcards.
  std::string_view written_in(std::string_view document) const;

 private:
  struct Step {
    enum class Kind : uint8_t { member, element, all, descend };
    Kind kind;
    std::string name;
    int64_t index = 0;  // from the end where negative
  };

  JsonPath() = default;
  bool has_start(const Json& document) const;
  void read_step(std::string_view text, size_t& at);
  void read_bracket(std::string_view text, size_t& at);
  void collect(const Json& value, size_t step, std::vector<Json>& found) const;

  Mode mode_ = Mode::strict;
  std::vector<Step> steps_;
  bool has_wildcard_ = false;
  bool is_path_ = true;
};

// The value that a text begins with, which is JSON up to there.
std::string_view leading_value(std::string_view text);

}  // namespace millrace::function
