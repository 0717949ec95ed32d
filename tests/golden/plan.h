#pragma once

#include <string>

namespace millrace::golden {

// The plans of a script's jobs, or the error that planning it gives.
std::string answer_plan(const std::string& input);
// The same with the changes that leave each operator.
std::string answer_plan_with_changes(const std::string& input);

}  // namespace millrace::golden
