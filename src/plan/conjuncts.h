#pragma once

// Conditions taken apart at their ANDs, for whoever moves the parts to different places.

#include <optional>
#include <vector>

#include "function/expression.h"

namespace millrace::plan {

// a AND b AND c as three; TRUE as none.
std::vector<function::Expression> conjuncts_of(const function::Expression& condition);
// All of them; nothing where there are none.
std::optional<function::Expression> conjunction_of(std::vector<function::Expression> conjuncts);

// Whether the condition cannot be TRUE in a row where all columns from `begin` to `end` (without
// that) are NULL. False where that is not plain to see.
bool rejects_nulls(const function::Expression& condition, size_t begin, size_t end);

}  // namespace millrace::plan
