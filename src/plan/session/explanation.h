#pragma once

// What EXPLAIN answers: the plan in Flink's sections.

#include <string>
#include <vector>

#include "base/error.h"
#include "plan/nodes.h"
#include "sql/statement.h"

namespace millrace::plan {

// Error(unsupported) at `at` for a detail that there is none of here.
std::string explanation(const Plan& plan, const std::vector<sql::Explain::Detail>& details,
                        const Position& at);

}  // namespace millrace::plan
