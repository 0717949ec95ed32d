#pragma once

// The arithmetic operators, shared by numbers, decimals and times.

#include <optional>
#include <string>

#include "function/scalar.h"

namespace millrace::function {

enum class Arithmetic : uint8_t { add, subtract, multiply, divide, modulo };

std::string sign_of(Arithmetic operation);

// Of two exact numbers, at least one of them a decimal.
std::optional<ScalarSignature> bind_decimals(Arithmetic operation, const Type& a, const Type& b);
Kernel decimal_negation(const Type& type);

// Of a time and an interval, or of two intervals.
std::optional<ScalarSignature> bind_times(Arithmetic operation, const Type& a, const Type& b);

}  // namespace millrace::function
