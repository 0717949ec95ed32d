// Texts as patterns of dates and times read them.

#include <algorithm>
#include <span>

#include "base/error.h"
#include "function/value/date_names.h"
#include "function/value/date_pattern.h"
#include "function/value/parsed_time.h"

namespace millrace::function {

namespace {

constexpr size_t kMostDigits = 18;  // of a number that is as long as it is
constexpr size_t kInFull = 4;       // as many letters ask for all of a name

bool is_digit(char c) { return c >= '0' && c <= '9'; }

using Part = ParsedTime::Part;

bool take_text(std::string_view& rest, std::string_view text) {
  if (!rest.starts_with(text)) {
    return false;
  }
  rest.remove_prefix(text.size());
  return true;
}

// At least `width` digits, as many as there are up to `most`.
Part take_number(std::string_view& rest, size_t width, size_t most) {
  size_t digits = 0;
  int64_t read = 0;
  while (digits < most && digits < rest.size() && is_digit(rest[digits])) {
    read = read * 10 + (rest[digits++] - '0');
  }
  if (digits == 0 || digits < width) {
    return std::nullopt;
  }
  rest.remove_prefix(digits);
  return read;
}

// The place among the names of the one that comes, whole or shortened as patterns have them.
Part take_name(std::string_view& rest, std::span<const std::string_view> names, size_t count) {
  for (size_t i = 0; i < names.size(); ++i) {
    if (take_text(rest, shortened(names[i], count))) {
      return static_cast<int64_t>(i);
    }
  }
  return std::nullopt;
}

Part take_fraction(std::string_view& rest, size_t count) {
  Part ns = take_number(rest, count, count);
  for (size_t i = count; ns && i < 9; ++i) {
    *ns *= 10;
  }
  return ns;
}

// Z, +02, +0200 or +02:00: read and not looked at, as in Flink.
bool take_offset(std::string_view& rest) {
  if (take_text(rest, "Z")) {
    return true;
  }
  if ((!take_text(rest, "+") && !take_text(rest, "-")) || !take_number(rest, 2, 2)) {
    return false;
  }
  take_text(rest, ":");
  return rest.empty() || !is_digit(rest.front()) || take_number(rest, 2, 2);
}

// A year of four letters and more has more digits than that behind a plus alone.
Part take_year(std::string_view& rest, size_t count, bool is_cut) {
  if (is_cut || count == 2) {
    const Part read = take_number(rest, count, count);
    return read && count == 2 ? Part(*read + 2000) : read;
  }
  const bool has_sign = count > 3 && take_text(rest, "+");
  const size_t before = rest.size();
  const Part read = take_number(rest, count, kMostDigits);
  const bool is_longer = before - rest.size() > count;
  return count > 3 && is_longer != has_sign ? std::nullopt : read;
}

Part take_quarter(std::string_view& rest, size_t count) {
  if (count == 4) {
    const Part place = take_name(rest, kQuarters, count);
    return place ? Part(*place + 1) : std::nullopt;
  }
  if (count == 3 && !take_text(rest, "Q")) {
    return std::nullopt;
  }
  return take_number(rest, count == 2 ? 2 : 1, count == 2 ? 2 : 1);
}

// Days of the week by name, Monday first, or, of `e` and `c`, by number, Sunday being 1.
Part take_weekday(std::string_view& rest, char letter, size_t count) {
  const bool is_name = letter == 'E' || count >= 3;
  const Part read = is_name ? take_name(rest, kDays, count) : take_number(rest, count, count);
  return !read ? read : is_name ? Part((*read + 1) % 7) : Part(*read - 1);
}

// Both midnights of a clock that goes to 12 or to 24 are the first.
Part from_zero(Part hour, int64_t most) { return hour == most ? Part(0) : hour; }

Part plus(Part value, int64_t more) { return value ? Part(*value + more) : value; }

Part times(Part value, int64_t factor) { return value ? Part(*value * factor) : value; }

Part take_month(std::string_view& rest, size_t count, size_t most) {
  return count >= 3 ? plus(take_name(rest, kMonths, count), 1) : take_number(rest, count, most);
}

// Nothing of what says nothing of a time: a zone.
struct Place {
  Part* part;
  Part read;
};

// What the letter reads, and where it belongs. `is_cut` says that another number follows at once:
// this one has as many digits as letters then, two where it has one.
Place take_part(std::string_view& rest, char letter, size_t count, bool is_cut, ParsedTime& time) {
  const size_t most = count > 1 ? count : is_cut ? 2 : kMostDigits;
  switch (letter) {
    case 'G': return {&time.era, take_name(rest, eras(count), kInFull)};
    case 'y': return {&time.year_of_era, take_year(rest, count, is_cut)};
    case 'u': return {&time.year, take_year(rest, count, is_cut)};
    case 'Y': return {&time.week_year, take_year(rest, count, is_cut)};
    case 'Q':
    case 'q': return {&time.quarter, take_quarter(rest, count)};
    case 'M':
    case 'L': return {&time.month, take_month(rest, count, most)};
    case 'w': return {&time.week, take_number(rest, count, most)};
    case 'd': return {&time.day, take_number(rest, count, most)};
    case 'D': return {&time.day_of_year, take_number(rest, count, std::max<size_t>(most, 3))};
    case 'g':
      return {&time.epoch_day, plus(take_number(rest, count, kMostDigits), -kModifiedJulian)};
    case 'E':
    case 'e':
    case 'c': return {&time.weekday, take_weekday(rest, letter, count)};
    case 'h': return {&time.half_day_hour, from_zero(take_number(rest, count, most), 12)};
    case 'K': return {&time.half_day_hour, take_number(rest, count, most)};
    case 'a': return {&time.half, take_name(rest, kHalves, kInFull)};
    case 'H': return {&time.hour, take_number(rest, count, most)};
    case 'k': return {&time.hour, from_zero(take_number(rest, count, most), 24)};
    case 'm': return {&time.minute, take_number(rest, count, most)};
    case 's': return {&time.second, take_number(rest, count, most)};
    case 'n': return {&time.ns_of_second, take_number(rest, count, kMostDigits)};
    case 'S': return {&time.ns_of_second, take_fraction(rest, count)};
    case 'A': return {&time.ns_of_day, times(take_number(rest, count, 9), 1'000'000)};
    case 'N': return {&time.ns_of_day, take_number(rest, count, kMostDigits)};
    default: return {nullptr, std::nullopt};
  }
}

using Items = std::span<const PatternItem>;

bool take_items(Items items, std::string_view& rest, ParsedTime& time);

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
void take_section(Items section, std::string_view& rest, ParsedTime& time) {
  std::string_view rest_behind = rest;
  ParsedTime time_behind = time;
  if (take_items(section, rest_behind, time_behind)) {
    rest = rest_behind;
    time = time_behind;
  }
}

bool is_number(const PatternItem& item) {
  constexpr std::string_view kNumbers = "yuYgwdDhKHkmsSnAN";
  constexpr std::string_view kNumbersOrNames = "MLQqec";
  return kNumbers.find(item.letter) != kNumbers.npos ||
         (item.count < 3 && kNumbersOrNames.find(item.letter) != kNumbers.npos);
}

bool is_zone(char letter) { return letter == 'X' || letter == 'x' || letter == 'Z'; }

// One part, of which another one of the same kind says the same.
bool take_item(Items items, size_t at, std::string_view& rest, ParsedTime& time) {
  const PatternItem& item = items[at];
  if (is_zone(item.letter)) {
    return take_offset(rest);
  }
  const bool is_cut = at + 1 < items.size() && is_number(items[at + 1]);
  const auto [part, read] = take_part(rest, item.letter, item.count, is_cut, time);
  if (!read || (*part && *part != read)) {
    return false;
  }
  *part = read;
  return true;
}

bool take_items(Items items, std::string_view& rest, ParsedTime& time) {
  for (size_t i = 0; i < items.size(); ++i) {
    const PatternItem& item = items[i];
    if (item.letter == '[') {
      const size_t end = end_of_section(items, i);
      take_section(items.subspan(i + 1, end - i - 1), rest, time);
      i = end;
    } else if (!(item.letter == 0 ? take_text(rest, item.text) : take_item(items, i, rest, time))) {
      return false;
    }
  }
  return true;
}

}  // namespace

void DatePattern::check_read() const {
  constexpr std::string_view kShownAlone = "FWB";
  for (const PatternItem& item : items_) {
    if (item.letter != 0 && kShownAlone.find(item.letter) != kShownAlone.npos) {
      throw Error(ErrorCode::unsupported, "no text is read by the letter " +
                                              std::string(1, item.letter) +
                                              " of a time pattern, which is only shown");
    }
  }
}

std::optional<Moment> DatePattern::parse(std::string_view text) const {
  ParsedTime time;
  return take_items(items_, text, time) && text.empty() ? time.moment() : std::nullopt;
}

}  // namespace millrace::function
