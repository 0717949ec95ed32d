#pragma once

#include <vector>

#include "function/expression.h"

namespace millrace::plan {

// Whether no row meets all of these conditions, whatever its values are: v > 5 beside v < 3, v = 1
// beside v IN (2, 3), c beside NOT c. False where that is not plain to see. As to Flink's planner,
// there is something between any two values of any type: v > 5 AND v < 6 might hold.
bool contradict(const std::vector<function::Expression>& conditions);

}  // namespace millrace::plan
