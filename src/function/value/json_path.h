#pragma once

// The paths of SQL's JSON functions, as Flink has them from the library JsonPath:
//
//   [lax | strict] $ .name ['name'] ['a','b'] [0] [0,2] [-1] [1:3] [*] .* .. [?(filter)] .length()
//
// A path is definite that can lead to one value alone; any other gives an array of what it leads
// to. A definite one that leads nowhere has failed, unless it is lax.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "function/value/json_value.h"

namespace millrace::function {

struct JsonFilter;

struct JsonPathStep {
  enum class Kind : uint8_t { members, elements, slice, all, descend, filter, function };

  Kind kind;
  std::vector<std::string> names = {};  // of members; of a function its own
  std::vector<int64_t> indexes = {};    // from the end where negative
  std::optional<int64_t> begin = {};    // of a slice
  std::optional<int64_t> end = {};      // of a slice: ahead of it
  std::shared_ptr<const JsonFilter> filter = nullptr;
};

// What a path led to in a document.
struct JsonPathResult {
  enum class Kind : uint8_t {
    value,    // which may be null
    nothing,  // of a lax path
    failed,
    refused,  // a filter met an array or object where it compares
  };

  Kind kind;
  JsonValue value = {};
};

class JsonPath {
 public:
  enum class Mode : uint8_t { lax, strict };

  // Throws Error(unsupported) for a function or an operator of a filter that there is not here, and
  // for a path of great length.
  explicit JsonPath(std::string_view text);
  JsonPath(Mode mode, std::vector<JsonPathStep> steps);

  Mode mode() const { return mode_; }
  bool is_definite() const;
  JsonPathResult find_in(const JsonValue& document) const { return find_in(document, document); }
  // From a value within the document, to which a filter's paths may go back.
  JsonPathResult find_in(const JsonValue& start, const JsonValue& document) const;
  // Whether it leads somewhere: a filter's test.
  bool exists_in(const JsonValue& start, const JsonValue& document) const;

 private:
  Mode mode_ = Mode::strict;
  // Nothing where the text is no path, which then fails in every document.
  std::optional<std::vector<JsonPathStep>> steps_;
};

}  // namespace millrace::function
