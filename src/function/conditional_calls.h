#pragma once

// Functions that are another way to write CASE or COALESCE: IF, NULLIF and IFNULL. As kernels they
// would compute all arguments for all rows, and fail rows by parts that are not reached.

#include <optional>
#include <string_view>
#include <vector>

#include "function/expression.h"

namespace millrace::function {

// The expression for which the call stands, its arguments cast to a common type; nothing where the
// name is none of these functions. Throws Error(type_mismatch) where the arguments do not fit.
std::optional<Expression> as_conditional(std::string_view name, std::vector<Expression> arguments);

}  // namespace millrace::function
