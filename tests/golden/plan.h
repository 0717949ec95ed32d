#pragma once

#include <string>

namespace millrace::golden {

// The plans of a script's jobs, or the error that planning it gives.
std::string answer_plan(const std::string& input);

}  // namespace millrace::golden
