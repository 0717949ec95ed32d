#include "function/value/date_pattern.h"

#include <array>

#include "base/error.h"
#include "function/value/calendar.h"

namespace millrace::function {

namespace {

constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};
constexpr std::array<std::string_view, 7> kDays = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                                   "Friday", "Saturday", "Sunday"};

void append_padded(int64_t value, size_t width, std::string& out) {
  const std::string digits = std::to_string(value);
  out.append(width - std::min(width, digits.size()), '0');
  out += digits;
}

// Three letters, one where five are asked for, else all.
std::string_view shortened(std::string_view name, size_t count) {
  return count <= 3 ? name.substr(0, 3) : count == 5 ? name.substr(0, 1) : name;
}

void append_quarter(int64_t quarter, size_t count, std::string& out) {
  constexpr std::array<std::string_view, 4> kInFull = {"1st quarter", "2nd quarter", "3rd quarter",
                                                       "4th quarter"};
  if (count <= 2) {
    append_padded(quarter + 1, count, out);
  } else if (count == 4) {
    out += kInFull[static_cast<size_t>(quarter)];
  } else {
    out += (count == 3 ? "Q" : "") + std::to_string(quarter + 1);
  }
}

int64_t days_from_sunday(int64_t day) { return floor_mod(day + 4, 7); }

// Weeks as in the United States: from Sunday on, and the first is that of January 1.
struct Week {
  int64_t year;
  int64_t number;
};

Week week_of(const Moment& moment) {
  const int64_t sunday = moment.day - days_from_sunday(moment.day);
  const CivilDate saturday = civil_from_days(sunday + 6);
  const int64_t first = days_from_civil({saturday.year, 1, 1});
  return {saturday.year, (sunday - (first - days_from_sunday(first))) / 7 + 1};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

DatePattern::DatePattern(std::string_view pattern)
    : items_(pattern_items(pattern, "GyuYQqMLwWdDEeFHhKkamsSAnNXxZ")) {}

int64_t DatePattern::step_ns() const {
  int64_t step = kDayNs;
  for (const PatternItem& item : items_) {
    switch (item.letter) {
      case 'H':
      case 'k':
      case 'K':
      case 'h':
      case 'a': step = std::min(step, 3600 * kSecondNs); break;
      case 'm': step = std::min(step, 60 * kSecondNs); break;
      case 's': step = std::min(step, kSecondNs); break;
      case 'n':
      case 'N':
      case 'A':
      case 'S': return 1;
      default: break;  // of the date
    }
  }
  return step;
}

void DatePattern::append(const Moment& moment, std::string& out) const {
  const CivilDate date = moment.date();
  for (const PatternItem& item : items_) {
    switch (item.letter) {
      case 'y':
      case 'u':
        append_padded(item.count == 2 ? date.year % 100 : date.year, item.count, out);
        break;
      case 'G': out += date.year > 0 ? "AD" : "BC"; break;
      case 'Y': {
        const int64_t year = week_of(moment).year;
        append_padded(item.count == 2 ? year % 100 : year, item.count, out);
        break;
      }
      case 'Q':
      case 'q': append_quarter((date.month - 1) / 3, item.count, out); break;
      case 'w': append_padded(week_of(moment).number, item.count, out); break;
      case 'W':
        append_padded((date.day + days_from_sunday(moment.day - date.day + 1) - 1) / 7 + 1,
                      item.count, out);
        break;
      case 'e': append_padded(days_from_sunday(moment.day) + 1, item.count, out); break;
      case 'F': append_padded((date.day - 1) % 7 + 1, item.count, out); break;
      case 'A': append_padded(moment.ns_of_day / 1'000'000, item.count, out); break;
      case 'N': append_padded(moment.ns_of_day, item.count, out); break;
      case 'M':
      case 'L':
        if (item.count >= 3) {
          out += shortened(kMonths[static_cast<size_t>(date.month - 1)], item.count);
        } else {
          append_padded(date.month, item.count, out);
        }
        break;
      case 'd': append_padded(date.day, item.count, out); break;
      case 'D': append_padded(part_of(moment, TimeUnit::day_of_year), item.count, out); break;
      case 'E':
        out += shortened(kDays[static_cast<size_t>(floor_mod(moment.day + 3, 7))], item.count);
        break;
      case 'X':
      case 'x':
      case 'Z':
        throw Error(ErrorCode::invalid_argument, "a time without a zone has no letter " +
                                                     std::string(1, item.letter) +
                                                     " of a time pattern");
      case 'H': append_padded(moment.hour(), item.count, out); break;
      case 'k': append_padded((moment.hour() + 23) % 24 + 1, item.count, out); break;
      case 'K': append_padded(moment.hour() % 12, item.count, out); break;
      case 'h': append_padded((moment.hour() + 11) % 12 + 1, item.count, out); break;
      case 'a': out += moment.hour() < 12 ? "AM" : "PM"; break;
      case 'm': append_padded(moment.minute(), item.count, out); break;
      case 's': append_padded(moment.second(), item.count, out); break;
      case 'n': append_padded(moment.ns_of_second(), item.count, out); break;
      case 'S': {
        std::string fraction;
        append_padded(moment.ns_of_second(), 9, fraction);
        fraction.resize(item.count, '0');
        out += fraction;
        break;
      }
      default: out += item.text; break;
    }
  }
}

namespace {

// What a text said, part by part.
struct Parts {
  int64_t year = 1970;
  int64_t month = 1;
  int64_t day = 1;
  int64_t day_of_year = 0;  // 0 where the pattern has none
  int64_t hour = 0;
  bool afternoon = false;
  bool half_day = false;
  int64_t minute = 0;
  int64_t second = 0;
  int64_t ns = 0;

  std::optional<Moment> moment() const {
    CivilDate date{static_cast<int32_t>(year), static_cast<int32_t>(month),
                   static_cast<int32_t>(day)};
    while (date.day > 28 && date.day <= 31 && !is_valid_date(date)) {
      --date.day;  // a day that the month has not is its last
    }
    const int64_t hours = half_day ? hour % 12 + (afternoon ? 12 : 0) : hour;
    if (!is_valid_date(date) || hours > 23 || minute > 59 || second > 59) {
      return std::nullopt;
    }
    const int64_t first = day_of_year > 0 ? days_from_civil({date.year, 1, 1}) + day_of_year - 1
                                          : days_from_civil(date);
    return Moment{first, ((hours * 60 + minute) * 60 + second) * kSecondNs + ns};
  }
};

bool take_text(std::string_view& rest, std::string_view text) {
  if (!rest.starts_with(text)) {
    return false;
  }
  rest.remove_prefix(text.size());
  return true;
}

// At least `width` digits; a single letter takes as many as there are.
bool take_number(std::string_view& rest, size_t width, size_t most, int64_t& value) {
  size_t digits = 0;
  int64_t read = 0;
  while (digits < most && digits < rest.size() && is_digit(rest[digits])) {
    read = read * 10 + (rest[digits++] - '0');
  }
  if (digits == 0 || digits < width) {
    return false;
  }
  rest.remove_prefix(digits);
  value = read;
  return true;
}

template <size_t size>
bool take_name(std::string_view& rest, const std::array<std::string_view, size>& names,
               bool in_full, int64_t& number) {
  for (size_t i = 0; i < size; ++i) {
    if (take_text(rest, in_full ? names[i] : names[i].substr(0, 3))) {
      number = static_cast<int64_t>(i) + 1;
      return true;
    }
  }
  return false;
}

bool take_fraction(std::string_view& rest, size_t count, int64_t& ns) {
  const std::string_view before = rest;
  if (count > 9 || !take_number(rest, count, count, ns)) {
    return false;
  }
  for (size_t i = before.size() - rest.size(); i < 9; ++i) {
    ns *= 10;
  }
  return true;
}

// Z, +02, +0200 or +02:00: read and not looked at, as in Flink.
bool take_offset(std::string_view& rest) {
  if (take_text(rest, "Z")) {
    return true;
  }
  int64_t ignored = 0;
  if (!take_text(rest, "+") && !take_text(rest, "-")) {
    return false;
  }
  if (!take_number(rest, 2, 2, ignored)) {
    return false;
  }
  take_text(rest, ":");
  return rest.empty() || !is_digit(rest.front()) || take_number(rest, 2, 2, ignored);
}

bool take_part(std::string_view& rest, char letter, size_t count, Parts& parts) {
  const size_t most = count == 1 ? 2 : count;
  int64_t ignored = 0;
  switch (letter) {
    case 'y':
    case 'u': {
      const bool read = take_number(rest, count, count == 2 ? 2 : 9, parts.year);
      parts.year += read && count == 2 ? 2000 : 0;
      return read;
    }
    case 'M':
    case 'L':
      return count >= 3 ? take_name(rest, kMonths, count > 3, parts.month)
                        : take_number(rest, count, most, parts.month);
    case 'd': return take_number(rest, count, most, parts.day);
    case 'D': return take_number(rest, count, 3, parts.day_of_year);
    case 'E': return take_name(rest, kDays, count > 3, ignored);
    case 'h':
    case 'K': parts.half_day = true; return take_number(rest, count, most, parts.hour);
    case 'H':
    case 'k': return take_number(rest, count, most, parts.hour);
    case 'a':
      parts.half_day = true;
      parts.afternoon = rest.starts_with("PM");
      return take_text(rest, "AM") || take_text(rest, "PM");
    case 'm': return take_number(rest, count, most, parts.minute);
    case 's': return take_number(rest, count, most, parts.second);
    case 'n': return take_number(rest, count, 9, parts.ns);
    case 'S': return take_fraction(rest, count, parts.ns);
    case 'X':
    case 'x':
    case 'Z': return take_offset(rest);
    default: return false;
  }
}

}  // namespace

std::optional<Moment> DatePattern::parse(std::string_view text) const {
  Parts parts;
  for (size_t i = 0; i < items_.size(); ++i) {
    const PatternItem& item = items_[i];
    const bool abuts = i + 1 < items_.size() && items_[i + 1].letter != 0;
    if (item.letter == 0) {
      if (!take_text(text, item.text)) {
        return std::nullopt;
      }
    } else if (item.letter == 'y' && abuts) {
      // yyyyMMdd: where another number follows at once, the year has exactly its letters.
      if (!take_number(text, item.count, item.count, parts.year)) {
        return std::nullopt;
      }
    } else if (!take_part(text, item.letter, item.count, parts)) {
      return std::nullopt;
    }
  }
  return text.empty() ? parts.moment() : std::nullopt;
}

}  // namespace millrace::function
