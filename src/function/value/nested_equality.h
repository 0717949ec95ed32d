#pragma once

// Equality of values of any type, as Flink compares nested ones: inside of a row, an array or a
// map two NULLs are equal, and a map's entries have no order.

#include "column/column.h"

namespace millrace::function {

// Both columns are of the same type but for nullability.
bool equal_values(const Column& a, size_t row_a, const Column& b, size_t row_b);

}  // namespace millrace::function
