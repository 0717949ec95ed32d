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

// What an interval of months is: nothing that is the same at all times, or as long as it is from
// 1970-01-01 on, ahead or behind, by which Flink takes the bounds of joins.
enum class Months : uint8_t { of_calendar, from_1970 };

// Nothing where the expression is anything else.
std::optional<ShiftedTime> shifted_time(const function::Expression& value,
                                        Months months = Months::of_calendar);

}  // namespace millrace::plan
