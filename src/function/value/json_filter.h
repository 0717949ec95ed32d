#pragma once

// The filters of JSON paths: [?(@.price < 10 && (@.name == 'x' || !@.sold))].
//
// Compared are numbers, texts, booleans and nulls. A text that is a number equals it; nothing is
// less or greater but a number than a number and a text than a text.

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "function/value/java_pattern.h"
#include "function/value/json_path.h"

namespace millrace::function {

// A side of a comparison: a path, a literal or a regular expression.
struct JsonOperand {
  std::optional<JsonPath> path = {};
  bool from_root = false;  // the path begins with $, not with @
  JsonValue literal = {};
  std::shared_ptr<const JavaPattern> pattern = nullptr;
};

struct JsonFilter {
  enum class Kind : uint8_t { or_, and_, not_, exists, compare };
  enum class Comparison : uint8_t {
    equal,
    same,
    less,
    less_equal,
    greater,
    greater_equal,
    matches
  };

  Kind kind;
  std::vector<std::shared_ptr<const JsonFilter>> parts = {};  // of or_, and_ and not_
  Comparison comparison = Comparison::equal;
  bool negated = false;                    // of equal, same and exists
  std::vector<JsonOperand> operands = {};  // two of a comparison, one path of exists

  // Whether it takes a value of the document; nothing where an array or object stands in a
  // comparison, for which Flink has no code.
  std::optional<bool> takes(const JsonValue& value, const JsonValue& document) const;
};

// What stands between [?( and )]. Null for what is no filter. Throws Error(unsupported) for
// operators that there are not here.
std::shared_ptr<const JsonFilter> read_json_filter(std::string_view text);

}  // namespace millrace::function
