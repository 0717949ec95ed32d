#include "function/value/parsed_time.h"

namespace millrace::function {

namespace {

constexpr int64_t kMostYears = 999'999'999;

bool is_in(const ParsedTime::Part& part, int64_t least, int64_t most) {
  return !part || (*part >= least && *part <= most);
}

bool is(const ParsedTime::Part& part, int64_t value) { return !part || *part == value; }

CivilDate civil(int64_t year, int64_t month, int64_t day) {
  CivilDate date{static_cast<int32_t>(year), static_cast<int32_t>(month),
                 static_cast<int32_t>(day)};
  while (date.day > 28 && !is_valid_date(date)) {
    --date.day;
  }
  return date;
}

int64_t first_of_year(int64_t year) { return days_from_civil(civil(year, 1, 1)); }

int64_t day_of_year(int64_t day) { return day - first_of_year(civil_from_days(day).year) + 1; }

}  // namespace

int64_t days_from_sunday(int64_t day) { return floor_mod(day + 4, 7); }

Week week_of(int64_t day) {
  const int64_t sunday = day - days_from_sunday(day);
  const int64_t year = civil_from_days(sunday + 6).year;  // of the Saturday
  const int64_t first = first_of_year(year);
  return {year, (sunday - (first - days_from_sunday(first))) / 7 + 1};
}

bool ParsedTime::is_within_range() const {
  return is_in(year_of_era, 1, kMostYears) && is_in(year, -kMostYears, kMostYears) &&
         is_in(week_year, -kMostYears, kMostYears) && is_in(week, 1, 54) && is_in(quarter, 1, 4) &&
         is_in(month, 1, 12) && is_in(day, 1, 31) && is_in(day_of_year, 1, 366) &&
         is_in(epoch_day, -kMostYears * 365, kMostYears * 365) && is_in(weekday, 0, 6) &&
         is_in(hour, 0, 24) && is_in(half_day_hour, 0, 11) && is_in(minute, 0, 59) &&
         is_in(second, 0, 59) && is_in(ns_of_second, 0, kSecondNs - 1) &&
         is_in(ns_of_day, 0, kDayNs - 1);
}

ParsedTime::Part ParsedTime::any_year() const {
  return year || !year_of_era ? year : era == 0 ? 1 - *year_of_era : *year_of_era;
}

ParsedTime::Part ParsedTime::said_day() const {
  const Part year = any_year();
  if (epoch_day) {
    return epoch_day;
  }
  if (year && month && day) {
    return days_from_civil(civil(*year, *month, *day));
  }
  if (year && day_of_year) {
    return first_of_year(*year) + *day_of_year - 1;
  }
  if (week_year && week && weekday) {
    const int64_t first = first_of_year(*week_year);
    return first - days_from_sunday(first) + (*week - 1) * 7 + *weekday;
  }
  return std::nullopt;
}

bool ParsedTime::agrees_with(int64_t found) const {
  const CivilDate date = civil_from_days(found);
  const Week of_week = week_of(found);
  const bool is_last_of_month = civil(date.year, date.month, 31).day == date.day;
  return is(any_year(), date.year) && is(month, date.month) &&
         (is(day, date.day) || (*day > date.day && is_last_of_month)) &&
         is(quarter, (date.month + 2) / 3) && is(day_of_year, function::day_of_year(found)) &&
         is(weekday, days_from_sunday(found)) && is(week_year, of_week.year) &&
         is(week, of_week.number);
}

// An hour of half a day is none without its half.
ParsedTime::Part ParsedTime::clock_ns() const {
  const Part of_half = half && half_day_hour ? Part(*half * 12 + *half_day_hour) : std::nullopt;
  const int64_t hours = of_half.value_or(hour.value_or(0));
  if (!is(hour, hours) || (hour && !is(half, hours / 12))) {
    return std::nullopt;
  }
  const int64_t minutes = hours * 60 + minute.value_or(0);
  const int64_t ns = (minutes * 60 + second.value_or(0)) * kSecondNs + ns_of_second.value_or(0);
  return ns > kDayNs ? std::nullopt : Part(ns_of_day.value_or(ns));
}

std::optional<Moment> ParsedTime::moment() const {
  if (!is_within_range()) {
    return std::nullopt;
  }
  const Part said = said_day();
  const Part ns = clock_ns();
  if (!ns || (said && !agrees_with(*said))) {
    return std::nullopt;
  }
  if (said) {
    return Moment{*said + *ns / kDayNs, *ns % kDayNs};
  }
  const CivilDate date = civil(any_year().value_or(1970), month.value_or(1), day.value_or(1));
  return Moment{days_from_civil(date), *ns % kDayNs};
}

}  // namespace millrace::function
