#pragma once

// A floating-point number as a number of another type, as Java's cast has it: out of range it is
// the nearest there is, NaN is 0, and the fraction is lost.

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace millrace::function {

template <typename To, typename From>
To java_narrowed(From value) {
  static_assert(std::is_floating_point_v<From>);
  if constexpr (std::is_floating_point_v<To>) {
    return static_cast<To>(value);
  } else {
    // To long or, for all smaller types, to int first, whose lowest bits they are.
    using Step = std::conditional_t<std::is_same_v<To, int64_t>, int64_t, int32_t>;
    if (std::isnan(value)) {
      return 0;
    }
    if (value >= static_cast<From>(std::numeric_limits<Step>::max())) {
      return static_cast<To>(std::numeric_limits<Step>::max());
    }
    if (value <= static_cast<From>(std::numeric_limits<Step>::min())) {
      return static_cast<To>(std::numeric_limits<Step>::min());
    }
    return static_cast<To>(static_cast<Step>(value));
  }
}

}  // namespace millrace::function
