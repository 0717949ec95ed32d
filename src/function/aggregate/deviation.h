#pragma once

// What the variances and standard deviations differ in, however they are computed.

#include <cstdint>

namespace millrace::function {

enum class Of : uint8_t { population, sample };
enum class As : uint8_t { variance, deviation };

template <Of of>
int64_t divisor_of(int64_t count) {
  return of == Of::population ? count : count - 1;
}

}  // namespace millrace::function
