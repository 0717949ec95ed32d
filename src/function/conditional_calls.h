#pragma once

// Functions that are another way to write CASE or COALESCE: IF, NULLIF and IFNULL. As kernels they
// would compute all arguments for all rows, and fail rows by parts that are not reached.

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "function/expression.h"

namespace millrace::function {

// The expression for which the call stands, its arguments cast to a common type; nothing where the
// name is none of these functions. Throws Error(type_mismatch) where the arguments do not fit, with
// the place where the call was written.
std::optional<Expression> as_conditional(std::string_view name, std::vector<Expression> arguments,
                                         const std::optional<Position>& at = std::nullopt);

// For messages and the manual: "IF", "IF(condition, then, otherwise)", what it gives.
struct ConditionalFunction {
  std::string_view name;
  std::string_view signature;
  std::string_view description;
};
std::span<const ConditionalFunction> all_conditionals();

}  // namespace millrace::function
