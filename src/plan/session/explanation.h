#pragma once

// What EXPLAIN answers: the plan in Flink's sections.

#include <string>
#include <vector>

#include "base/error.h"
#include "plan/nodes.h"
#include "sql/statement.h"

namespace millrace::plan {

std::string explanation(const Plan& plan, const std::vector<sql::Explain::Detail>& details);

}  // namespace millrace::plan
