#pragma once

// Parts that expressions have in common, so that a batch's value of each is computed once.

#include <vector>

#include "function/expression.h"

namespace millrace::function {

// Numbers, in Expression::common_part, the parts that stand more than once in expressions which are
// evaluated over the same batches with one context. They are computed where and for which rows they
// are first asked for, so that a row fails nowhere that it did not fail before. The comparisons of
// a membership (memberships.h) are one part.
std::vector<Expression> with_common_parts(std::vector<Expression> expressions);

}  // namespace millrace::function
