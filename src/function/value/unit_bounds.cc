// FLOOR and CEIL of moments as Calcite computes them, which Flink does by. Weeks begin on Sunday.
// Days up to 1582-10-04 are taken apart by the Julian calendar and put together by the Gregorian
// one; a moment before 1970 belongs to the day behind it; a decade, century or millennium that
// begins at the very day is rounded up to the next, and so is a day that is none of a moment.

#include "function/value/calendar.h"
#include "function/value/wrapping.h"

namespace millrace::function {

namespace {

constexpr int64_t kEpochJulian = 2'440'588;
constexpr int64_t kLastJulianDay = 2'299'160;

// Meeus, Astronomical Algorithms: both calendars.
CivilDate date_of_julian(int64_t julian) {
  int64_t centuries = 0;
  int64_t rest = julian + 32'082;
  if (julian > kLastJulianDay) {
    const int64_t days = julian + 32'044;
    centuries = (4 * days + 3) / 146'097;
    rest = days - centuries * 146'097 / 4;
  }
  const int64_t years = (4 * rest + 3) / 1461;
  const int64_t day_of_year = rest - 1461 * years / 4;
  const int64_t month = (5 * day_of_year + 2) / 153;
  return {static_cast<int32_t>(centuries * 100 + years - 4800 + month / 10),
          static_cast<int32_t>(month + 3 - 12 * (month / 10)),
          static_cast<int32_t>(day_of_year - (153 * month + 2) / 5 + 1)};
}

enum class Bound : uint8_t { begin, end };

int64_t first_of(int64_t year, int64_t month) {
  const int64_t months = year * 12 + month - 1;
  return days_from_civil({static_cast<int32_t>(floor_div(months, 12)),
                          static_cast<int32_t>(floor_mod(months, 12)) + 1, 1});
}

// The beginning of so many years, counted from a year 1.
int64_t first_of_years(int64_t year, int64_t count, Bound bound) {
  const int64_t number = (year + count - 1) / count;
  return first_of(bound == Bound::begin ? (number - 1) * count + 1 : number * count + 1, 1);
}

std::optional<int64_t> bound_of_day(int64_t day, TimeUnit unit, Bound bound) {
  const int64_t julian = day + kEpochJulian;
  const CivilDate date = date_of_julian(julian);
  const bool up = bound == Bound::end;
  const bool in_month = date.day > 1;
  const int64_t quarter = (date.month - 1) / 3 * 3 + 1;
  const int64_t since_sunday = floor_mod(julian + 1, 7);
  if (unit == TimeUnit::day) {
    return days_from_civil(date) + (up ? 1 : 0);
  }
  if (unit == TimeUnit::week) {
    return days_from_civil(date) - since_sunday + (up && since_sunday > 0 ? 7 : 0);
  }
  if (unit == TimeUnit::month) {
    return first_of(date.year, date.month + (up && in_month ? 1 : 0));
  }
  if (unit == TimeUnit::quarter) {
    return first_of(date.year, quarter + (up && (date.month > quarter || in_month) ? 3 : 0));
  }
  if (unit == TimeUnit::year) {
    return first_of(date.year + (up && (date.month > 1 || in_month) ? 1 : 0), 1);
  }
  if (unit == TimeUnit::decade) {
    return first_of(10 * (date.year / 10 + (up ? 1 : 0)), 1);
  }
  const bool is_century = unit == TimeUnit::century;
  return is_century || unit == TimeUnit::millennium
             ? std::optional(first_of_years(date.year, is_century ? 100 : 1000, bound))
             : std::nullopt;
}

std::optional<Moment> bound_of(const Moment& moment, TimeUnit unit, Bound bound) {
  const int64_t ms = ms_of(moment);
  const std::optional<int64_t> length = length_ns(unit);
  if (length && unit != TimeUnit::week) {
    const int64_t step = *length / 1'000'000;
    if (step == 0) {
      return std::nullopt;
    }
    const int64_t reached = bound == Bound::begin ? ms : wrapping_add(ms, step - 1);
    const int64_t begin = wrapping_subtract(reached, floor_mod(reached, step));
    return Moment{floor_div(begin, kDayMs), floor_mod(begin, kDayMs) * 1'000'000};
  }
  const std::optional<int64_t> day = bound_of_day(ms / kDayMs, unit, bound);
  return day ? std::optional<Moment>(Moment{*day, 0}) : std::nullopt;
}

}  // namespace

std::optional<Moment> floor_of(const Moment& moment, TimeUnit unit) {
  return bound_of(moment, unit, Bound::begin);
}

std::optional<Moment> ceil_of(const Moment& moment, TimeUnit unit) {
  return bound_of(moment, unit, Bound::end);
}

std::optional<int64_t> floor_of_day(int64_t day, TimeUnit unit) {
  return bound_of_day(day, unit, Bound::begin);
}

std::optional<int64_t> ceil_of_day(int64_t day, TimeUnit unit) {
  return bound_of_day(day, unit, Bound::end);
}

}  // namespace millrace::function
