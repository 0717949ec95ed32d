#pragma once

// What a text said of a time by a pattern (date_pattern.h), part by part, and the moment that it
// comes to: parts beyond their range and parts that contradict each other are none, as in Java. A
// day that its month has not is the last one of it.

#include <cstdint>
#include <optional>

#include "function/value/time_text.h"

namespace millrace::function {

struct ParsedTime {
  using Part = std::optional<int64_t>;

  Part era;          // 0 before Christ, 1 after
  Part year_of_era;  // from 1
  Part year;         // 0 is 1 BC
  Part quarter;
  Part month;
  Part day;
  Part day_of_year;
  Part epoch_day;  // since 1970-01-01
  Part week_year;  // of weeks as in the United States
  Part week;
  Part weekday;        // from 0, Sunday
  Part hour;           // 0 to 24
  Part half_day_hour;  // 0 to 11
  Part half;           // 0 AM, 1 PM
  Part minute;
  Part second;
  Part ns_of_second;
  Part ns_of_day;

  // What was not said is that of 1970-01-01 00:00:00.
  std::optional<Moment> moment() const;

 private:
  bool is_within_range() const;
  Part any_year() const;
  // Where enough was said for a date.
  Part said_day() const;
  bool agrees_with(int64_t day) const;
  Part clock_ns() const;
};

// Weeks as in the United States: from Sunday on, and the first is that of January 1.
struct Week {
  int64_t year;
  int64_t number;
};
Week week_of(int64_t day);
int64_t days_from_sunday(int64_t day);

}  // namespace millrace::function
