#include "function/value/calendar.h"

#include <algorithm>
#include <array>

#include "function/value/wrapping.h"

namespace millrace::function {

std::optional<TimeUnit> find_time_unit(std::string_view name) {
  struct Named {
    std::string_view name;
    TimeUnit unit;
  };
  static constexpr Named kUnits[] = {
      {"MILLENNIUM", TimeUnit::millennium},
      {"CENTURY", TimeUnit::century},
      {"DECADE", TimeUnit::decade},
      {"YEAR", TimeUnit::year},
      {"QUARTER", TimeUnit::quarter},
      {"MONTH", TimeUnit::month},
      {"WEEK", TimeUnit::week},
      {"DAY", TimeUnit::day},
      {"HOUR", TimeUnit::hour},
      {"MINUTE", TimeUnit::minute},
      {"SECOND", TimeUnit::second},
      {"MILLISECOND", TimeUnit::millisecond},
      {"MICROSECOND", TimeUnit::microsecond},
      {"NANOSECOND", TimeUnit::nanosecond},
      {"ISOYEAR", TimeUnit::iso_year},
      {"DOY", TimeUnit::day_of_year},
      {"DOW", TimeUnit::day_of_week},
      {"ISODOW", TimeUnit::iso_day_of_week},
      {"EPOCH", TimeUnit::epoch},
  };
  if (name.starts_with("SQL_TSI_")) {
    name.remove_prefix(8);
  }
  for (const Named& known : kUnits) {
    const bool plural =
        name.size() == known.name.size() + 1 && name.ends_with('S') && name.starts_with(known.name);
    if (name == known.name || plural) {
      return known.unit;
    }
  }
  return std::nullopt;
}

int64_t plus_months(int64_t day, int64_t months) {
  CivilDate date = civil_from_days(day);
  const int64_t month = date.year * int64_t{12} + date.month - 1;
  const int64_t moved = wrapping_add(month, months);
  date.year = static_cast<int32_t>(floor_div(moved, 12));
  date.month = static_cast<int32_t>(floor_mod(moved, 12)) + 1;
  while (!is_valid_date(date)) {
    --date.day;
  }
  return days_from_civil(date);
}

// 1970-01-01 was a Thursday.
static int64_t iso_day_of_week(int64_t day) { return floor_mod(day + 3, 7) + 1; }

// A week belongs to the year that its Thursday is in.
static int64_t thursday_of(int64_t day) { return day + 4 - iso_day_of_week(day); }

static int64_t day_of_year(int64_t day) {
  return day - days_from_civil({civil_from_days(day).year, 1, 1}) + 1;
}

static int64_t part_of_date(int64_t day, TimeUnit unit) {
  const CivilDate date = civil_from_days(day);
  const int64_t year = date.year;
  const bool past = year > 0;
  switch (unit) {
    case TimeUnit::millennium: return past ? (year + 999) / 1000 : (year - 999) / 1000;
    case TimeUnit::century: return past ? (year + 99) / 100 : (year - 99) / 100;
    case TimeUnit::decade: return floor_div(year, 10);
    case TimeUnit::year: return year;
    case TimeUnit::quarter: return (date.month + 2) / 3;
    case TimeUnit::month: return date.month;
    case TimeUnit::week: return (day_of_year(thursday_of(day)) + 6) / 7;
    case TimeUnit::iso_year: return civil_from_days(thursday_of(day)).year;
    case TimeUnit::day: return date.day;
    case TimeUnit::day_of_year: return day_of_year(day);
    case TimeUnit::day_of_week: return iso_day_of_week(day) % 7 + 1;
    case TimeUnit::iso_day_of_week: return iso_day_of_week(day);
    case TimeUnit::hour:
    case TimeUnit::minute:
    case TimeUnit::second:
    case TimeUnit::millisecond:
    case TimeUnit::microsecond:
    case TimeUnit::nanosecond:
    case TimeUnit::epoch: break;
  }
  return 0;
}

int64_t ms_of(const Moment& moment) {
  return wrapping_add(wrapping_multiply(moment.day, kDayMs), moment.ns_of_day / 1'000'000);
}

// Flink divides milliseconds as Java does, towards zero: a moment before 1970 with a fraction of a
// day lies in the day behind it, and the parts of its time are negative.
int64_t part_of(const Moment& moment, TimeUnit unit) {
  const int64_t ms = ms_of(moment);
  const int64_t ns_of_ms = moment.ns_of_day % 1'000'000;
  const int64_t ms_of_day = ms % kDayMs;
  // As Flink has it, the smaller units count from the full second; in the standard the minute.
  if (unit == TimeUnit::nanosecond) {
    return ms % 1000 * 1'000'000 + ns_of_ms;
  }
  if (unit == TimeUnit::microsecond) {
    return ms % 1000 * 1000 + ns_of_ms / 1000;
  }
  if (unit == TimeUnit::millisecond) {
    return ms % 1000;
  }
  if (unit == TimeUnit::second) {
    return ms_of_day / 1000 % 60;
  }
  if (unit == TimeUnit::minute) {
    return ms_of_day / 60'000 % 60;
  }
  if (unit == TimeUnit::hour) {
    return ms_of_day / 3'600'000;
  }
  return unit == TimeUnit::epoch ? ms / 1000 : part_of_date(ms / kDayMs, unit);
}

std::optional<int64_t> length_ns(TimeUnit unit) {
  struct Length {
    TimeUnit unit;
    int64_t ns;
  };
  static constexpr Length kLengths[] = {
      {TimeUnit::week, 7 * kDayNs},       {TimeUnit::day, kDayNs},
      {TimeUnit::hour, 3600 * kSecondNs}, {TimeUnit::minute, 60 * kSecondNs},
      {TimeUnit::second, kSecondNs},      {TimeUnit::millisecond, 1'000'000},
      {TimeUnit::microsecond, 1'000},     {TimeUnit::nanosecond, 1},
  };
  for (const Length& length : kLengths) {
    if (length.unit == unit) {
      return length.ns;
    }
  }
  return std::nullopt;
}

std::optional<int64_t> months_in(TimeUnit unit) {
  struct Months {
    TimeUnit unit;
    int64_t count;
  };
  static constexpr Months kMonths[] = {
      {TimeUnit::month, 1},    {TimeUnit::quarter, 3},    {TimeUnit::year, 12},
      {TimeUnit::decade, 120}, {TimeUnit::century, 1200}, {TimeUnit::millennium, 12000},
  };
  for (const Months& months : kMonths) {
    if (months.unit == unit) {
      return months.count;
    }
  }
  return std::nullopt;
}

std::optional<Moment> moved(const Moment& from, TimeUnit unit, int64_t count) {
  if (const std::optional<int64_t> months = months_in(unit)) {
    return Moment{plus_months(from.day, wrapping_multiply(count, *months)), from.ns_of_day};
  }
  const std::optional<int64_t> length = length_ns(unit);
  if (!length) {
    return std::nullopt;
  }
  const __int128 ns = from.ns_of_day + static_cast<__int128>(count) * *length;
  const __int128 days = ns / kDayNs - (ns % kDayNs < 0 ? 1 : 0);
  return Moment{static_cast<int64_t>(from.day + days), static_cast<int64_t>(ns - days * kDayNs)};
}

// Calendar months from one day to another: as many as can be added before the other is passed.
static int64_t months_between(int64_t from, int64_t to) {
  if (to < from) {
    return -months_between(to, from);
  }
  const CivilDate first = civil_from_days(from);
  const CivilDate last = civil_from_days(to);
  const int64_t months = (int64_t{last.year} - first.year) * 12 + last.month - first.month;
  return months - (plus_months(from, months) > to ? 1 : 0);
}

static int64_t months_between(const Moment& from, const Moment& to) {
  const int64_t months = months_between(from.day, to.day);
  const bool is_short = plus_months(from.day, months) == to.day && to.ns_of_day < from.ns_of_day;
  return months - (is_short ? 1 : 0);
}

std::optional<int64_t> units_between(const Moment& from, const Moment& to, TimeUnit unit) {
  const int64_t distance = wrapping_subtract(ms_of(to), ms_of(from));
  if (unit == TimeUnit::nanosecond) {
    return std::nullopt;
  }
  if (unit == TimeUnit::decade) {
    return months_between(from, to) / 12;  // years, in Flink
  }
  // Flink counts weeks, seconds and what is less in seconds that are an INT, whatever becomes of
  // them.
  const std::optional<int64_t> length = length_ns(unit);
  if (length && (*length <= kSecondNs || unit == TimeUnit::week)) {
    const auto seconds = static_cast<int32_t>(static_cast<uint32_t>(distance / 1000));
    return *length > kSecondNs ? seconds / (7 * 86'400) : seconds * (kSecondNs / *length);
  }
  if (length) {
    return distance / (*length / 1'000'000);
  }
  if (const std::optional<int64_t> each = months_in(unit)) {
    return months_between(from, to) / *each;
  }
  return std::nullopt;
}

}  // namespace millrace::function
