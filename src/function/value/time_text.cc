#include "function/value/time_text.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "function/value/wrapping.h"

namespace millrace::function {

Moment moment_of(int64_t value, int64_t unit) {
  const int64_t per_day = 86'400 * unit;
  return {floor_div(value, per_day), floor_mod(value, per_day) * (kSecondNs / unit)};
}

int64_t value_of(const Moment& moment, int64_t unit) {
  return wrapping_add(wrapping_multiply(moment.day, 86'400 * unit),
                      moment.ns_of_day / (kSecondNs / unit));
}

int64_t with_precision(int64_t value, const Type& from, const Type& to) {
  const int64_t from_unit = from.timestamp_unit();
  const int64_t to_unit = to.timestamp_unit();
  int64_t converted = to_unit >= from_unit ? wrapping_multiply(value, to_unit / from_unit)
                                           : floor_div(value, from_unit / to_unit);
  int64_t step = to_unit;  // of the last digit kept
  for (int32_t i = 0; i < to.precision; ++i) {
    step /= 10;
  }
  if (step <= 1 || to.precision >= from.precision) {
    return converted;
  }
  // Flink cuts off what is less than a millisecond downwards, milliseconds towards zero.
  return to.precision < 3 ? converted / step * step
                          : wrapping_multiply(floor_div(converted, step), step);
}

static void append_number(int64_t value, int width, std::string& out) {
  std::array<char, 24> text;
  const int written =
      std::snprintf(text.data(), text.size(), "%0*lld", width, static_cast<long long>(value));
  out.append(text.data(), static_cast<size_t>(written));
}

void append_date(int64_t day, std::string& out) {
  const CivilDate date = civil_from_days(day);
  append_number(date.year % 10'000, 4, out);  // the last four digits, as Flink writes it
  out += '-';
  append_number(date.month, 2, out);
  out += '-';
  append_number(date.day, 2, out);
}

static void append_clock(const Moment& moment, std::string& out) {
  append_number(moment.hour(), 2, out);
  out += ':';
  append_number(moment.minute(), 2, out);
  out += ':';
  append_number(moment.second(), 2, out);
}

static void append_fraction(int64_t ns, int digits, std::string& out) {
  std::string fraction;
  append_number(ns, 9, fraction);
  while (fraction.size() > static_cast<size_t>(digits) && fraction.back() == '0') {
    fraction.pop_back();
  }
  if (!fraction.empty()) {
    out += '.';
    out += fraction;
  }
}

void append_time(int64_t ms_of_day, int digits, std::string& out) {
  const Moment moment{0, ms_of_day * 1'000'000};
  append_clock(moment, out);
  if (digits > 0) {
    std::string fraction;
    append_number(moment.ns_of_second(), 9, fraction);
    fraction.resize(static_cast<size_t>(digits));
    fraction.erase(std::max<size_t>(fraction.find_last_not_of('0') + 1, 1));
    out += '.' + fraction;
  }
}

void append_timestamp(const Moment& moment, int digits, std::string& out) {
  append_date(moment.day, out);
  out += ' ';
  append_clock(moment, out);
  append_fraction(moment.ns_of_second(), digits, out);
}

void append_iso_timestamp(const Moment& moment, std::string& out) {
  append_date(moment.day, out);
  out += 'T';
  append_clock(moment, out);
  append_fraction(moment.ns_of_second(), 0, out);
}

namespace {

// Reads parts of a date or time off the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool number(size_t at_least, size_t at_most, int64_t& value) {
    size_t digits = 0;
    int64_t read = 0;
    while (digits < at_most && digits < rest_.size() && is_digit(rest_[digits])) {
      read = read * 10 + (rest_[digits] - '0');
      ++digits;
    }
    if (digits < at_least) {
      return false;
    }
    rest_.remove_prefix(digits);
    value = read;
    return true;
  }
  bool next_is(char c) {
    if (rest_.empty() || rest_.front() != c) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }
  // Up to nine digits after a point, as nanoseconds; no digit at all is zero.
  int64_t fraction() {
    int64_t ns = 0;
    int64_t worth = kSecondNs;
    while (worth > 1 && !rest_.empty() && is_digit(rest_.front())) {
      worth /= 10;
      ns += (rest_.front() - '0') * worth;
      rest_.remove_prefix(1);
    }
    return ns;
  }
  bool done() const { return rest_.empty(); }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  std::string_view rest_;
};

constexpr int64_t kLastYear = 9999;

std::optional<int64_t> day_of(int64_t year, int64_t month, int64_t day) {
  const CivilDate date{static_cast<int32_t>(year), static_cast<int32_t>(month),
                       static_cast<int32_t>(day)};
  if (year > kLastYear || !is_valid_date(date)) {
    return std::nullopt;
  }
  return days_from_civil(date);
}

bool read_clock(Scanner& in, int64_t& ns_of_day) {
  int64_t hour = 0;
  int64_t minute = 0;
  int64_t second = 0;
  int64_t fraction = 0;
  if (!in.number(1, 2, hour) || !in.next_is(':') || !in.number(1, 2, minute) || !in.next_is(':') ||
      !in.number(1, 2, second)) {
    return false;
  }
  if (in.next_is('.')) {
    fraction = in.fraction();
  }
  ns_of_day = ((hour * 60 + minute) * 60 + second) * kSecondNs + fraction;
  return (hour < 24 || ns_of_day == kDayNs) && minute < 60 && second < 60;
}

}  // namespace

std::optional<int64_t> parse_date(std::string_view text) {
  if (const size_t space = text.find(' '); space != std::string_view::npos && space > 0) {
    text = text.substr(0, space);
  }
  Scanner in(text);
  int64_t year = 0;
  int64_t month = 1;
  int64_t day = 1;
  if (!in.number(1, 9, year) || (in.next_is('-') && !in.number(1, 2, month)) ||
      (in.next_is('-') && !in.number(1, 2, day)) || !in.done()) {
    return std::nullopt;
  }
  return day_of(year, month, day);
}

std::optional<int64_t> parse_time_ms(std::string_view text) {
  Scanner in(text);
  int64_t hour = 0;
  int64_t minute = 0;
  int64_t second = 0;
  int64_t ns = 0;
  if (!in.number(1, 2, hour)) {
    return std::nullopt;
  }
  if (in.next_is(':')) {
    if (!in.number(1, 2, minute)) {
      return std::nullopt;
    }
    if (in.next_is(':')) {
      if (!in.number(1, 2, second)) {
        return std::nullopt;
      }
      ns = in.next_is('.') ? in.fraction() : 0;
    }
  }
  if (!in.done() || hour > 23 || minute > 59 || second > 59) {
    return std::nullopt;
  }
  return ((hour * 60 + minute) * 60 + second) * 1000 + ns / 1'000'000;
}

std::optional<Moment> parse_timestamp(std::string_view text) {
  Scanner in(text);
  int64_t year = 0;
  int64_t month = 0;
  int64_t day = 0;
  Moment moment;
  if (!in.number(4, 4, year) || !in.next_is('-') || !in.number(1, 2, month) || !in.next_is('-') ||
      !in.number(1, 2, day)) {
    return std::nullopt;
  }
  if (!in.done() && (!in.next_is(' ') || !read_clock(in, moment.ns_of_day) || !in.done())) {
    return std::nullopt;
  }
  const bool possible = month >= 1 && month <= 12 && day >= 1 && day <= 31;
  while (possible && day > 28 && !day_of(year, month, day)) {
    --day;
  }
  const std::optional<int64_t> valid = day_of(year, month, day);
  if (!valid || year == 0) {
    return std::nullopt;
  }
  // 24:00:00 is the next day's beginning.
  const bool at_end = moment.ns_of_day == kDayNs;
  return Moment{*valid + (at_end ? 1 : 0), at_end ? 0 : moment.ns_of_day};
}

}  // namespace millrace::function
