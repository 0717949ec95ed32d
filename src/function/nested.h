#pragma once

// Parts of nested values, where what is meant is known when a statement is bound.

#include <cstddef>
#include <optional>

#include "function/expression.h"

namespace millrace::function {

// The field of this number of a ROW; NULL where the row is.
Expression field_of(Expression row, size_t field);
// Of such an expression the number; nothing of others.
std::optional<size_t> field_number(const Expression& expression);

}  // namespace millrace::function
