#pragma once

// The text of a JSON path as its steps (json_path.h).

#include <optional>
#include <string_view>
#include <vector>

#include "function/value/json_path.h"

namespace millrace::function {

// Nothing where the text is no path. Throws Error(unsupported) for what a path can have and these
// cannot.
std::optional<std::vector<JsonPathStep>> read_json_path(std::string_view text);

}  // namespace millrace::function
