#pragma once

// Numbers as java.math.BigDecimal writes them.

#include <string>
#include <string_view>

namespace millrace::function {

// A number with or without a fraction and an exponent: with all its digits, and an exponent where
// it has a great one. 1.0E7 is "1.0E+7", 1.0E-5 is "0.000010", 0.0000001000 is "1.000E-7", -0.0 is
// "0.0".
std::string java_decimal(std::string_view written);

}  // namespace millrace::function
