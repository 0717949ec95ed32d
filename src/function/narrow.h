#pragma once

// Computes over as few values as there are: once where all arguments are constant, once per
// distinct value where one is a dictionary and the others are constant. The result takes the same
// layout, so the saving goes on to whatever is computed from it.

#include <functional>
#include <span>

#include "column/batch.h"
#include "column/column.h"
#include "function/scalar.h"

namespace millrace::function {

// Computes a column of `size` rows from arguments of that many.
using Compute = std::function<Column(std::span<const Column> arguments, const Rows& rows,
                                     size_t size, EvaluationContext& context)>;

// `compute` must give equal results for equal arguments. A value that fails fails each of `rows`
// that has it, and no other.
Column compute_narrowly(std::span<const Column> arguments, const Rows& rows, size_t size,
                        EvaluationContext& context, const Compute& compute);

}  // namespace millrace::function
