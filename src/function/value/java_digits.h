#pragma once

// The digits that Java writes of a floating-point number, up to Java 18, on which Flink runs: they
// tell it from its neighbours, but are not always the fewest that do (2.14748365E9 for the float
// 2^31), as Double.toString promises since Java 19.

#include <cstdint>
#include <string>

namespace millrace::function {

// 0.d1d2d3... times ten to `exponent`.
struct JavaDigits {
  std::string digits;
  int32_t exponent = 0;
};

// Of a finite number above zero.
JavaDigits java_digits(double value);
JavaDigits java_digits(float value);

}  // namespace millrace::function
