#include "function/value/calendar.h"

#include <algorithm>
#include <array>

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
  const int64_t month = date.year * int64_t{12} + date.month - 1 + months;
  date.year = static_cast<int32_t>(floor_div(month, 12));
  date.month = static_cast<int32_t>(floor_mod(month, 12)) + 1;
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

int64_t part_of(const Moment& moment, TimeUnit unit) {
  if (unit == TimeUnit::epoch) {
    return moment.day * 86'400 + moment.ns_of_day / kSecondNs;
  }
  if (unit == TimeUnit::hour) {
    return moment.hour();
  }
  if (unit == TimeUnit::minute) {
    return moment.minute();
  }
  if (unit == TimeUnit::second) {
    return moment.second();
  }
  // As Flink has it, the smaller units count from the full second; in the standard the minute.
  if (unit == TimeUnit::millisecond) {
    return moment.ns_of_day % kSecondNs / 1'000'000;
  }
  if (unit == TimeUnit::microsecond) {
    return moment.ns_of_day % kSecondNs / 1'000;
  }
  if (unit == TimeUnit::nanosecond) {
    return moment.ns_of_day % kSecondNs;
  }
  return part_of_date(moment.day, unit);
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
    return Moment{plus_months(from.day, count * *months), from.ns_of_day};
  }
  const std::optional<int64_t> length = length_ns(unit);
  if (!length) {
    return std::nullopt;
  }
  const __int128 ns = from.ns_of_day + static_cast<__int128>(count) * *length;
  const auto days = static_cast<int64_t>(ns / kDayNs - (ns % kDayNs < 0 ? 1 : 0));
  return Moment{from.day + days, static_cast<int64_t>(ns - static_cast<__int128>(days) * kDayNs)};
}

std::optional<int64_t> units_between(const Moment& from, const Moment& to, TimeUnit unit) {
  const auto is_before = [](const Moment& a, const Moment& b) {
    return a.day != b.day ? a.day < b.day : a.ns_of_day < b.ns_of_day;
  };
  if (const std::optional<int64_t> length = length_ns(unit)) {
    const __int128 ns =
        static_cast<__int128>(to.day - from.day) * kDayNs + (to.ns_of_day - from.ns_of_day);
    return static_cast<int64_t>(ns / *length);
  }
  const std::optional<int64_t> each = months_in(unit);
  if (!each) {
    return std::nullopt;
  }
  const CivilDate a = from.date();
  const CivilDate b = to.date();
  int64_t months = (b.year - a.year) * int64_t{12} + b.month - a.month;
  const Moment reached{plus_months(from.day, months), from.ns_of_day};
  if (months > 0 && is_before(to, reached)) {
    --months;
  } else if (months < 0 && is_before(reached, to)) {
    ++months;
  }
  return months / *each;
}

std::optional<Moment> begin_of(const Moment& moment, TimeUnit unit) {
  if (unit == TimeUnit::week) {
    return Moment{moment.day - iso_day_of_week(moment.day) % 7, 0};
  }
  if (const std::optional<int64_t> length = length_ns(unit)) {
    return Moment{moment.day, moment.ns_of_day - moment.ns_of_day % *length};
  }
  const std::optional<int64_t> months = months_in(unit);
  if (!months) {
    return std::nullopt;
  }
  const CivilDate date = moment.date();
  // Centuries and millennia begin with their year 1.
  const int64_t shift = *months >= 1200 ? 12 : 0;
  const int64_t month = date.year * int64_t{12} + date.month - 1 - shift;
  const int64_t first = floor_div(month, *months) * *months + shift;
  return Moment{days_from_civil({static_cast<int32_t>(floor_div(first, 12)),
                                 static_cast<int32_t>(floor_mod(first, 12)) + 1, 1}),
                0};
}

}  // namespace millrace::function
