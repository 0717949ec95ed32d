#pragma once

// Rounding: of times, which shares CEIL and FLOOR with numbers, and of decimals to so many digits.

#include <optional>
#include <span>

#include "function/scalar.h"

namespace millrace::function {

enum class Direction : uint8_t { up, down };

// CEIL(time, unit) and FLOOR(time, unit).
std::optional<ScalarSignature> bind_time_rounding(Direction direction, std::span<const Type> given);

// A bound ROUND or TRUNCATE of a decimal, once it is known how many digits it keeps, which its type
// follows from; nothing of other functions.
std::optional<ScalarSignature> rounded_to(const ScalarSignature& signature, int64_t digits);

}  // namespace millrace::function
