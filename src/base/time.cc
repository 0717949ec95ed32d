#include "base/time.h"

#include <array>
#include <charconv>
#include <cstdio>

#include "base/ascii_case.h"
#include "base/split.h"

namespace millrace {

// The era arithmetic is the usual one: a 400-year cycle of 146,097 days, years starting in March.
int64_t days_from_civil(CivilDate date) {
  const int64_t y = static_cast<int64_t>(date.year) - (date.month <= 2 ? 1 : 0);
  const int64_t era = (y >= 0 ? y : y - 399) / 400;
  const int64_t year_of_era = y - era * 400;
  const int64_t month_from_march = (date.month + 9) % 12;
  const int64_t day_of_year = (153 * month_from_march + 2) / 5 + date.day - 1;
  const int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

CivilDate civil_from_days(int64_t days) {
  const int64_t z = days + 719468;
  const int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  const int64_t day_of_era = z - era * 146097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t month_from_march = (5 * day_of_year + 2) / 153;
  const int64_t day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
  const int64_t month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
  const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return {static_cast<int32_t>(year), static_cast<int32_t>(month), static_cast<int32_t>(day)};
}

bool is_valid_date(CivilDate date) {
  static constexpr std::array<int32_t, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (date.month < 1 || date.month > 12 || date.day < 1) {
    return false;
  }
  const bool leap = (date.year % 4 == 0 && date.year % 100 != 0) || date.year % 400 == 0;
  return date.day <= kDays[date.month - 1] + (date.month == 2 && leap ? 1 : 0);
}

std::string to_iso8601(Timestamp at) {
  constexpr int64_t kDayMs = 86'400'000;
  const int64_t days = at.ms / kDayMs - (at.ms % kDayMs < 0 ? 1 : 0);
  const int64_t ms = at.ms - days * kDayMs;
  const CivilDate date = civil_from_days(days);
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", date.year,
                date.month, date.day, static_cast<int>(ms / 3'600'000),
                static_cast<int>(ms / 60'000 % 60), static_cast<int>(ms / 1000 % 60),
                static_cast<int>(ms % 1000));
  return text.data();
}

namespace {

// Reads fixed-width decimal fields off the front of a text.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}

  bool number(size_t digits, int32_t& out) {
    if (rest_.size() < digits) {
      return false;
    }
    int32_t value = 0;
    for (size_t i = 0; i < digits; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') {
        return false;
      }
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    out = value;
    return true;
  }
  bool one_of(std::string_view allowed) {
    if (rest_.empty() || allowed.find(rest_.front()) == std::string_view::npos) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }
  // The digits after a point, as milliseconds.
  bool fraction(int32_t& ms) {
    ms = 0;
    size_t digits = 0;
    while (!rest_.empty() && rest_.front() >= '0' && rest_.front() <= '9' && digits < 9) {
      if (digits < 3) {
        ms = ms * 10 + (rest_.front() - '0');
      }
      rest_.remove_prefix(1);
      ++digits;
    }
    for (size_t i = digits; i < 3; ++i) {
      ms *= 10;
    }
    return digits > 0;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

bool parse_zone(Fields& in, int64_t& offset_ms) {
  offset_ms = 0;
  if (in.one_of("Z")) {
    return true;
  }
  const bool negative = !in.rest().empty() && in.rest().front() == '-';
  int32_t hours = 0;
  int32_t minutes = 0;
  if (!in.one_of("+-") || !in.number(2, hours)) {
    return false;
  }
  in.one_of(":");
  if (!in.number(2, minutes) || hours > 18 || minutes > 59) {
    return false;
  }
  offset_ms = (hours * 60 + minutes) * 60'000LL * (negative ? -1 : 1);
  return true;
}

}  // namespace

std::optional<Timestamp> parse_iso8601(std::string_view text) {
  Fields in(text);
  CivilDate date;
  int32_t hour = 0;
  int32_t minute = 0;
  int32_t second = 0;
  int32_t ms = 0;
  int64_t offset_ms = 0;
  const bool read = in.number(4, date.year) && in.one_of("-") && in.number(2, date.month) &&
                    in.one_of("-") && in.number(2, date.day) && in.one_of("T ") &&
                    in.number(2, hour) && in.one_of(":") && in.number(2, minute);
  if (!read || (in.one_of(":") && !in.number(2, second)) || (in.one_of(".") && !in.fraction(ms)) ||
      !parse_zone(in, offset_ms) || !in.rest().empty() || !is_valid_date(date) || hour > 23 ||
      minute > 59 || second > 59) {
    return std::nullopt;
  }
  const int64_t of_day = ((hour * 60LL + minute) * 60 + second) * 1000 + ms;
  return Timestamp{days_from_civil(date) * 86'400'000 + of_day - offset_ms};
}

std::optional<Duration> parse_duration(std::string_view text) {
  int64_t amount = 0;
  const char* end = text.data() + text.size();
  const auto [after, failure] = std::from_chars(text.data(), end, amount);
  if (failure != std::errc() || amount < 0) {
    return std::nullopt;
  }
  const std::string unit =
      lower_case(trimmed(std::string_view(after, static_cast<size_t>(end - after))));
  struct Unit {
    std::array<std::string_view, 5> names;
    int64_t ns;
  };
  static constexpr std::array<Unit, 7> kUnits = {{
      {{"ns", "nano", "nanos", "nanosecond", "nanoseconds"}, 1},
      {{"µs", "micro", "micros", "microsecond", "microseconds"}, 1'000},
      {{"ms", "milli", "millis", "millisecond", "milliseconds"}, 1'000'000},
      {{"s", "sec", "secs", "second", "seconds"}, 1'000'000'000},
      {{"min", "m", "minute", "minutes"}, 60'000'000'000},
      {{"h", "hour", "hours"}, 3'600'000'000'000},
      {{"d", "day", "days"}, 86'400'000'000'000},
  }};
  if (unit.empty()) {
    return Duration::milliseconds(amount);
  }
  for (const Unit& known : kUnits) {
    for (std::string_view name : known.names) {
      if (name == unit) {
        return Duration{amount * known.ns};
      }
    }
  }
  return std::nullopt;
}

}  // namespace millrace
