#pragma once

// Units of time: the parts of a moment, and moments moved and rounded by them.

#include <optional>
#include <string_view>

#include "function/value/time_text.h"

namespace millrace::function {

enum class TimeUnit : uint8_t {
  millennium,
  century,
  decade,
  year,
  quarter,
  month,
  week,
  day,
  hour,
  minute,
  second,
  millisecond,
  microsecond,
  nanosecond,
  iso_year,
  day_of_year,
  day_of_week,      // Sunday is 1
  iso_day_of_week,  // Monday is 1
  epoch,            // seconds since 1970-01-01
};

// "MINUTE", "MINUTES", "SQL_TSI_MINUTE", "DOW", ...
std::optional<TimeUnit> find_time_unit(std::string_view name);

// Since 1970, as a TIMESTAMP(3) counts: of its moments each has its own number.
int64_t ms_of(const Moment& moment);
int64_t part_of(const Moment& moment, TimeUnit unit);  // EXTRACT
int64_t plus_months(int64_t day, int64_t months);      // keeps to the end of a shorter month

// The length of units that are always equally long; nothing for months and what is made of them.
std::optional<int64_t> length_ns(TimeUnit unit);
// Months in the units that are made of them; nothing for the others.
std::optional<int64_t> months_in(TimeUnit unit);

std::optional<Moment> moved(const Moment& from, TimeUnit unit, int64_t count);
// Whole units from `from` to `to`, negative where it lies before.
std::optional<int64_t> units_between(const Moment& from, const Moment& to, TimeUnit unit);

// FLOOR and CEIL: the beginning of a unit at or before the moment, and the one at or behind it, as
// Flink finds them (unit_bounds.cc). Nothing for what is no unit of these.
std::optional<Moment> floor_of(const Moment& moment, TimeUnit unit);
std::optional<Moment> ceil_of(const Moment& moment, TimeUnit unit);
// The same of a day by itself, to units of a day and more.
std::optional<int64_t> floor_of_day(int64_t day, TimeUnit unit);
std::optional<int64_t> ceil_of_day(int64_t day, TimeUnit unit);

}  // namespace millrace::function
