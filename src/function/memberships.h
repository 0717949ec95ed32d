#pragma once

// Long lists of constants, looked up instead of compared one by one.

#include "function/expression.h"

namespace millrace::function {

// The same condition for whoever computes it over many batches. `x = 1 OR x = 2 OR ...`, which is
// also what x IN (1, 2, ...) is bound as, becomes one call that finds x in a set, and so does
// `x <> 1 AND x <> 2 AND ...`. Plans keep the comparisons, which their rules look into and which
// Flink shows.
Expression with_memberships(Expression expression);

}  // namespace millrace::function
