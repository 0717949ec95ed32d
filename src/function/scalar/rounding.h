#pragma once

// Rounding of times, which shares CEIL and FLOOR with numbers.

#include <optional>
#include <span>

#include "function/scalar.h"

namespace millrace::function {

enum class Direction : uint8_t { up, down };

// CEIL(time, unit) and FLOOR(time, unit).
std::optional<ScalarSignature> bind_time_rounding(Direction direction, std::span<const Type> given);

}  // namespace millrace::function
