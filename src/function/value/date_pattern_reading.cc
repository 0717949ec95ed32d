// Texts as patterns of dates and times read them.

#include <array>
#include <span>

#include "function/value/calendar.h"
#include "function/value/date_names.h"
#include "function/value/date_pattern.h"

namespace millrace::function {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

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

namespace {

using Items = std::span<const PatternItem>;

bool take_items(Items items, std::string_view& rest, Parts& parts);

// Where the section ends that begins there.
size_t end_of_section(Items items, size_t begin) {
  size_t open = 1;
  size_t at = begin;
  while (open > 0) {
    ++at;
    open += items[at].letter == '[' ? 1 : 0;
    open -= items[at].letter == ']' ? 1 : 0;
  }
  return at;
}

// [What may be absent.]
void take_section(Items section, std::string_view& rest, Parts& parts) {
  std::string_view rest_behind = rest;
  Parts parts_behind = parts;
  if (take_items(section, rest_behind, parts_behind)) {
    rest = rest_behind;
    parts = parts_behind;
  }
}

bool abuts_number(Items items, size_t at) {
  return at + 1 < items.size() && items[at + 1].letter != 0 && items[at + 1].letter != '[';
}

bool take_items(Items items, std::string_view& rest, Parts& parts) {
  for (size_t i = 0; i < items.size(); ++i) {
    const PatternItem& item = items[i];
    bool taken = true;
    if (item.letter == 0) {
      taken = take_text(rest, item.text);
    } else if (item.letter == '[') {
      const size_t end = end_of_section(items, i);
      take_section(items.subspan(i + 1, end - i - 1), rest, parts);
      i = end;
    } else if (item.letter == 'y' && abuts_number(items, i)) {
      // yyyyMMdd: where another number follows at once, the year has exactly its letters.
      taken = take_number(rest, item.count, item.count, parts.year);
    } else {
      taken = take_part(rest, item.letter, item.count, parts);
    }
    if (!taken) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::optional<Moment> DatePattern::parse(std::string_view text) const {
  Parts parts;
  return take_items(items_, text, parts) && text.empty() ? parts.moment() : std::nullopt;
}

}  // namespace millrace::function
