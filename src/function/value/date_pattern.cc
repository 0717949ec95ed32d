#include "function/value/date_pattern.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "function/value/calendar.h"
#include "function/value/date_names.h"

namespace millrace::function {

namespace {

constexpr int64_t kModifiedJulian = 40587;  // the day 1970-01-01, counted from 1858-11-17

void append_padded(int64_t value, size_t width, std::string& out) {
  const std::string digits = std::to_string(value);
  out.append(width - std::min(width, digits.size()), '0');
  out += digits;
}

// Three letters, one where five are asked for, else all.
std::string_view shortened(std::string_view name, size_t count) {
  return count <= 3 ? name.substr(0, 3) : count == 5 ? name.substr(0, 1) : name;
}

std::string_view name_of_day(int64_t day, size_t count) {
  return shortened(kDays[static_cast<size_t>(floor_mod(day + 3, 7))], count);
}

std::string_view era(int64_t year, size_t count) {
  const bool ours = year > 0;
  return count <= 3   ? (ours ? "AD" : "BC")
         : count == 4 ? (ours ? "Anno Domini" : "Before Christ")
                      : (ours ? "A" : "B");
}

std::string_view part_of_day(const Moment& moment, size_t count) {
  const int64_t hour = moment.hour();
  if (hour % 12 == 0 && moment.minute() == 0) {
    return hour == 0 ? (count == 5 ? "mi" : "midnight") : (count == 5 ? "n" : "noon");
  }
  return hour < 6 || hour >= 21 ? "at night"
         : hour < 12            ? "in the morning"
         : hour < 18            ? "in the afternoon"
                                : "in the evening";
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

}  // namespace

namespace {

constexpr size_t kAnyWidth = 19;  // of a number

// A letter and how many of it may stand in a row. Numbers of them in between that Java refuses are
// left to `may_stand`.
struct Letter {
  char letter;
  size_t most;
};

constexpr Letter kLetters[] = {
    {'G', 5}, {'y', kAnyWidth}, {'u', kAnyWidth}, {'Y', kAnyWidth}, {'g', kAnyWidth}, {'Q', 5},
    {'q', 5}, {'M', 5},         {'L', 5},         {'w', 2},         {'W', 1},         {'d', 2},
    {'D', 3}, {'e', 5},         {'c', 5},         {'E', 5},         {'F', 1},         {'a', 1},
    {'B', 5}, {'H', 2},         {'h', 2},         {'K', 2},         {'k', 2},         {'m', 2},
    {'s', 2}, {'S', 9},         {'n', kAnyWidth}, {'N', kAnyWidth}, {'A', kAnyWidth}, {'X', 5},
    {'x', 5}, {'Z', 5},         {'[', kAnyWidth}, {']', kAnyWidth}};

// Characters of SimpleDateFormat that mean something here; any number of each.
constexpr std::string_view kSimpleLetters = "GyYMLwWDdFEuaHkKhmsSXZ";

// Reserved by Java: refused, though they are no letters.
constexpr std::string_view kReserved = "{}#";

std::string letters_of(DatePattern::Kind kind) {
  if (kind == DatePattern::Kind::simple) {
    return std::string(kSimpleLetters);
  }
  std::string letters(kReserved);
  for (const Letter& known : kLetters) {
    letters += known.letter;
  }
  return letters;
}

bool may_stand(const PatternItem& item) {
  const auto* found = std::find_if(std::begin(kLetters), std::end(kLetters),
                                   [&](const Letter& l) { return l.letter == item.letter; });
  return found != std::end(kLetters) && item.count <= found->most &&
         !(item.letter == 'c' && item.count == 2) &&
         !(item.letter == 'B' && (item.count == 2 || item.count == 3));
}

[[noreturn]] void refuse(std::string_view pattern, const std::string& why) {
  throw Error(ErrorCode::invalid_argument,
              "the time pattern '" + std::string(pattern) + "' " + why);
}

// SimpleDateFormat's names are in full from four letters on, and an era is AD or BC.
void shorten_names(std::vector<PatternItem>& items) {
  for (PatternItem& item : items) {
    const bool is_name = item.letter == 'M' || item.letter == 'L' || item.letter == 'E';
    const size_t most = item.letter == 'G' ? 1 : is_name ? 4 : item.count;
    item.count = std::min(item.count, most);
  }
}

// Each bracket by itself, and closed.
std::vector<PatternItem> with_sections(std::vector<PatternItem> items, std::string_view pattern) {
  std::vector<PatternItem> result;
  size_t open = 0;
  for (PatternItem& item : items) {
    if (item.letter != '[' && item.letter != ']') {
      result.push_back(std::move(item));
      continue;
    }
    if (item.letter == ']' && item.count > open) {
      refuse(pattern, "has a ] without a [ before it");
    }
    open = item.letter == '[' ? open + item.count : open - item.count;
    result.insert(result.end(), item.count, {item.letter, 1, ""});
  }
  result.insert(result.end(), open, {']', 1, ""});
  return result;
}

}  // namespace

DatePattern::DatePattern(std::string_view pattern, Kind kind)
    : kind_(kind), items_(pattern_items(pattern, letters_of(kind))) {
  if (kind_ == Kind::simple) {
    shorten_names(items_);
    return;
  }
  for (const PatternItem& item : items_) {
    if (kReserved.find(item.letter) != std::string_view::npos) {
      refuse(pattern, "has a reserved character: write it between quotes, '" +
                          std::string(item.count, item.letter) + "'");
    }
    if (item.letter != 0 && !may_stand(item)) {
      refuse(pattern, "has '" + std::string(item.count, item.letter) +
                          "': that many of the letter have no meaning");
    }
  }
  items_ = with_sections(std::move(items_), pattern);
}

int64_t DatePattern::step_ns() const {
  int64_t step = kDayNs;
  for (const PatternItem& item : items_) {
    switch (item.letter) {
      case 'H':
      case 'k':
      case 'K':
      case 'h':
      case 'a': step = std::min(step, 3600 * kSecondNs); break;
      case 'B':
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
      case 'u':
        if (kind_ == Kind::simple) {
          append_padded(floor_mod(moment.day + 3, 7) + 1, item.count, out);
          break;
        }
        [[fallthrough]];
      case 'y':
        append_padded(item.count == 2 ? date.year % 100 : date.year, item.count, out);
        break;
      case 'G': out += era(date.year, item.count); break;
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
      case 'e':
      case 'c':
        if (item.count >= 3) {
          out += name_of_day(moment.day, item.count);
        } else {
          append_padded(days_from_sunday(moment.day) + 1, item.count, out);
        }
        break;
      case 'F':
        append_padded((kind_ == Kind::simple ? (date.day - 1) / 7 : (date.day - 1) % 7) + 1,
                      item.count, out);
        break;
      case 'g': append_padded(moment.day + kModifiedJulian, item.count, out); break;
      case 'B': out += part_of_day(moment, item.count); break;
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
      case 'D':
        append_padded(moment.day - days_from_civil({date.year, 1, 1}) + 1, item.count, out);
        break;
      case 'E': out += name_of_day(moment.day, item.count); break;
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

}  // namespace millrace::function
