#pragma once

// Times with an interval added or taken away, as the bounds of interval joins and most watermarks
// are written.

#include <cstddef>
#include <cstdint>
#include <optional>

#include "function/expression.h"

namespace millrace::plan {

// A column and so many milliseconds.
struct ShiftedTime {
  size_t column = 0;
  int64_t ms = 0;
};

// Nothing where the expression is anything else.
std::optional<ShiftedTime> shifted_time(const function::Expression& value);

}  // namespace millrace::plan
