#include "function/value/lenient_time.h"

#include <array>

#include "base/ascii_case.h"
#include "base/error.h"
#include "base/time.h"
#include "function/value/calendar.h"
#include "function/value/time_text.h"
#include "function/value/wrapping.h"

namespace millrace::function {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr std::string_view kLetters = "yuMLdDHhKkmsSEaZXz";
constexpr std::string_view kNames = "EaZXz";  // of them those whose parts are words

constexpr std::array<std::string_view, 12> kMonths = {
    "january", "february", "march",     "april",   "may",      "june",
    "july",    "august",   "september", "october", "november", "december"};
constexpr std::array<std::string_view, 7> kDays = {"monday", "tuesday",  "wednesday", "thursday",
                                                   "friday", "saturday", "sunday"};

struct Parts {
  int64_t year = 1970;
  int64_t month = 1;
  int64_t day = 1;
  bool has_day = false;
  std::optional<int64_t> day_of_year;
  std::optional<int64_t> weekday;  // Monday is 1; counts where there is no other day
  int64_t hour = 0;
  std::optional<int64_t> hour_of_half;
  bool afternoon = false;
  int64_t minute = 0;
  int64_t second = 0;
  int64_t ms = 0;
  std::optional<int64_t> offset_ms;

  int64_t clock_ms() const {
    const int64_t months = year * 12 + month - 1;
    const CivilDate first{static_cast<int32_t>(floor_div(months, 12)),
                          static_cast<int32_t>(floor_mod(months, 12)) + 1, 1};
    int64_t days = days_from_civil(first) + day - 1;
    if (day_of_year) {
      days = days_from_civil({static_cast<int32_t>(year), 1, 1}) + day_of_year.value_or(1) - 1;
    } else if (weekday && !has_day) {
      days += floor_mod(*weekday - (days + kFirstWeekday), 7);  // the first such day of the month
    }
    const int64_t hours = hour_of_half ? *hour_of_half + (afternoon ? 12 : 0) : hour;
    const int64_t of_day = ((hours * 60 + minute) * 60 + second) * 1000 + ms;
    return wrapping_add(wrapping_multiply(days, kDayMs), of_day);
  }

 private:
  static constexpr int64_t kFirstWeekday = 4;  // 1970-01-01 was a Thursday
};

struct Number {
  int64_t value = 0;  // within an int of Java's
  bool has_two_digits = false;
};

// As Java makes an int of the number, which may have any digits.
int64_t int_of(bool negative, std::string_view digits) {
  int64_t value = 0;
  for (const char c : digits) {
    const int64_t digit = negative ? -(c - '0') : c - '0';
    if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, digit, &value)) {
      return negative ? INT32_MIN : INT32_MAX;
    }
  }
  return static_cast<int32_t>(value);
}

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool skip_text(std::string_view text) {
    if (!rest_.starts_with(text)) {
      return false;
    }
    rest_.remove_prefix(text.size());
    return true;
  }

  bool skip_spaces() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) {
      rest_.remove_prefix(1);
    }
    return !rest_.empty();
  }

  // As many digits as there are, or what the first so many characters have.
  std::optional<Number> number(size_t at_most) {
    const bool negative = rest_.starts_with('-');
    const size_t first = negative ? 1 : 0;
    size_t end = first;
    while (end < rest_.size() && end < at_most && is_digit(rest_[end])) {
      ++end;
    }
    if (end == first) {
      return std::nullopt;
    }
    const Number number{int_of(negative, rest_.substr(first, end - first)), !negative && end == 2};
    rest_.remove_prefix(end);
    return number;
  }

  // The number of the name that the text goes on with, in full or by its first three letters.
  template <size_t count>
  std::optional<int64_t> name(const std::array<std::string_view, count>& names) {
    for (size_t i = 0; i < count; ++i) {
      for (const size_t length : {names[i].size(), size_t{3}}) {
        if (goes_on_with(names[i].substr(0, length))) {
          rest_.remove_prefix(length);
          return static_cast<int64_t>(i);
        }
      }
    }
    return std::nullopt;
  }

  bool half_of_day(bool& afternoon) {
    afternoon = goes_on_with("pm");
    if (!afternoon && !goes_on_with("am")) {
      return false;
    }
    rest_.remove_prefix(2);
    return true;
  }

  // "Z", "+02", "+0200", "+02:00", "GMT", "UTC", "GMT+2:00".
  std::optional<int64_t> offset_ms() {
    for (const std::string_view zero : {"GMT", "UTC", "Z"}) {
      if (skip_text(zero)) {
        const bool goes_on = rest_.starts_with('+') || rest_.starts_with('-');
        return zero == "GMT" && goes_on ? offset_ms() : 0;
      }
    }
    if (!rest_.starts_with('+') && !rest_.starts_with('-')) {
      return std::nullopt;
    }
    const int64_t sign = rest_.front() == '-' ? -1 : 1;
    rest_.remove_prefix(1);
    const std::optional<Number> hours = number(2);
    skip_text(":");
    const int64_t minutes = number(2).value_or(Number{}).value;
    if (!hours || hours->value < 0 || hours->value > 23 || minutes < 0 || minutes > 59) {
      return std::nullopt;
    }
    return sign * (hours->value * 60 + minutes) * 60'000;
  }

 private:
  bool goes_on_with(std::string_view name) const {
    if (rest_.size() < name.size()) {
      return false;
    }
    for (size_t i = 0; i < name.size(); ++i) {
      if (to_lower(rest_[i]) != name[i]) {
        return false;
      }
    }
    return true;
  }

  std::string_view rest_;
};

void set_number(char letter, int64_t value, Parts& parts) {
  switch (letter) {
    case 'y': parts.year = value; break;
    // Beyond Sunday's 7, and below 1, Java counts from Sunday.
    case 'u': parts.weekday = value >= 1 && value <= 7 ? value : value - 1; break;
    case 'M':
    case 'L': parts.month = value; break;
    case 'd':
      parts.day = value;
      parts.has_day = true;
      parts.day_of_year.reset();  // the later one counts
      break;
    case 'D': parts.day_of_year = value; break;
    case 'H': parts.hour = value; break;
    case 'k': parts.hour = value == 24 ? 0 : value; break;
    case 'h': parts.hour_of_half = value == 12 ? 0 : value; break;
    case 'K': parts.hour_of_half = value; break;
    case 'm': parts.minute = value; break;
    case 's': parts.second = value; break;
    default: parts.ms = value; break;
  }
}

bool read_name(Reader& in, char letter, Parts& parts) {
  switch (letter) {
    case 'E':
      if (const std::optional<int64_t> day = in.name(kDays)) {
        parts.weekday = *day + 1;
        return true;
      }
      return false;
    case 'a': return in.half_of_day(parts.afternoon);
    default: parts.offset_ms = in.offset_ms(); return parts.offset_ms.has_value();
  }
}

// The same day 80 years before.
int64_t century_before(Timestamp now) {
  const Moment moment = moment_of(now.ms, 1000);
  return value_of({plus_months(moment.day, -80 * 12), moment.ns_of_day}, 1000);
}

}  // namespace

// The year near now that these are the last two digits of.
int64_t LenientPattern::near_year(int64_t two_digits) const {
  return first_year() + floor_mod(two_digits - first_year(), 100);
}

int64_t LenientPattern::first_year() const { return moment_of(century_ms_, 1000).date().year; }

LenientPattern::LenientPattern(std::string_view pattern, Timestamp now)
    : items_(pattern_items(pattern, kLetters)), century_ms_(century_before(now)) {}

std::optional<LenientTime> LenientPattern::parse(std::string_view text) const {
  Reader in(text);
  Parts parts;
  bool is_first_year = false;  // of the hundred
  for (size_t i = 0; i < items_.size(); ++i) {
    const PatternItem& item = items_[i];
    if (item.letter == 0) {
      if (!in.skip_text(item.text)) {
        return std::nullopt;
      }
      continue;
    }
    if (!in.skip_spaces()) {
      return std::nullopt;
    }
    const bool is_name = kNames.find(item.letter) != std::string_view::npos;
    const bool is_month = (item.letter == 'M' || item.letter == 'L') && item.count > 2;
    if (is_name) {
      if (!read_name(in, item.letter, parts)) {
        return std::nullopt;
      }
      continue;
    }
    if (is_month) {
      if (const std::optional<int64_t> month = in.name(kMonths)) {
        parts.month = *month + 1;
        continue;
      }
    }
    // Numbers side by side have as many digits as letters.
    const bool side_by_side = i + 1 < items_.size() && items_[i + 1].letter != 0;
    std::optional<Number> number = in.number(side_by_side ? item.count : text.size());
    if (!number) {
      return std::nullopt;
    }
    if (item.letter == 'y' && item.count <= 2 && number->has_two_digits) {
      number->value = near_year(number->value);
      is_first_year = number->value == first_year();
    }
    set_number(item.letter, number->value, parts);
  }
  // Of the first of the hundred years what is over comes after the others.
  if (is_first_year && parts.clock_ms() < century_ms_) {
    parts.year += 100;
  }
  return LenientTime{parts.clock_ms(), parts.offset_ms};
}

int64_t lenient_instant(const LenientTime& time, const TimeZone& zone) {
  constexpr int64_t kFurthest = INT64_MAX - 4 * kDayMs;  // a zone looks at the days around
  const int64_t clock = time.clock_ms;
  if (time.offset_ms) {
    return wrapping_subtract(clock, *time.offset_ms);
  }
  if (clock < -kFurthest || clock > kFurthest) {
    return wrapping_subtract(clock, zone.offset_ms(clock));
  }
  const int64_t first = zone.to_instant(clock);
  const int64_t later = clock - zone.offset_ms(first + 2 * 3'600'000);
  return later > first && zone.to_local(later) == clock ? later : first;
}

int64_t lenient_clock(int64_t instant_ms, const TimeZone& zone) {
  return wrapping_add(instant_ms, zone.offset_ms(instant_ms));
}

}  // namespace millrace::function
