#pragma once

// Equality of values of any type. A map's entries have no order, and two NULLs in a ROW are equal.

#include <cstdint>

#include "column/column.h"

namespace millrace::function {

// What two NULLs in an array, or in the values of a map, are to each other: for = of SQL, as in
// Flink, they differ.
enum class NullElements : uint8_t { equal, differ };

// Both columns are of the same type but for nullability.
bool equal_values(const Column& a, size_t row_a, const Column& b, size_t row_b,
                  NullElements nulls = NullElements::equal);

}  // namespace millrace::function
