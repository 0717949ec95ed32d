#pragma once

// Reads expressions for the tests of this layer, which lies below the SQL front end: literals,
// calls, operators, CASE, CAST, and $0, $1, ... for columns. Functions are bound as the planner
// binds them, with casts where a signature asks for other types.

#include <span>
#include <string_view>

#include "function/expression.h"

namespace millrace::function::testing {

// Throws Error(syntax) or Error(type_mismatch).
Expression read_expression(std::string_view text, std::span<const Type> columns = {});

Type read_type(std::string_view text);

// The value over one row without columns, as text; "error: ..." where the row fails.
std::string value_of(std::string_view text);

}  // namespace millrace::function::testing
