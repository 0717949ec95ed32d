#pragma once

// Months on the calendar.

#include <algorithm>
#include <cstdint>

#include "base/time.h"
#include "function/value/time_text.h"

namespace millrace::function {

inline int64_t plus_months(int64_t day, int64_t months) {
  CivilDate date = civil_from_days(day);
  const int64_t month = date.year * int64_t{12} + date.month - 1 + months;
  date.year = static_cast<int32_t>(floor_div(month, 12));
  date.month = static_cast<int32_t>(floor_mod(month, 12)) + 1;
  while (!is_valid_date(date)) {
    --date.day;
  }
  return days_from_civil(date);
}

}  // namespace millrace::function
