#pragma once

// The families of scalar functions, a file each; functions.cc lists them.

#include <span>

#include "function/scalar.h"

namespace millrace::function {

std::span<const ScalarFunction> arithmetic_functions();
std::span<const ScalarFunction> comparison_functions();
std::span<const ScalarFunction> logic_functions();
std::span<const ScalarFunction> concatenation_functions();
std::span<const ScalarFunction> json_object_functions();
std::span<const ScalarFunction> clock_functions();

}  // namespace millrace::function
