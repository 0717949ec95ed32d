#include "function/value/date_pattern.h"

#include <algorithm>

#include "base/error.h"
#include "function/value/date_names.h"
#include "function/value/parsed_time.h"

namespace millrace::function {

namespace {

void append_padded(int64_t value, size_t width, std::string& out) {
  const std::string digits = std::to_string(value);
  out.append(width - std::min(width, digits.size()), '0');
  out += digits;
}

std::string_view name_of_day(int64_t day, size_t count) {
  return shortened(kDays[static_cast<size_t>(floor_mod(day + 3, 7))], count);
}

std::string_view era(int64_t year, size_t count) { return eras(count)[year > 0 ? 1 : 0]; }

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
  if (count <= 2) {
    append_padded(quarter + 1, count, out);
  } else if (count == 4) {
    out += kQuarters[static_cast<size_t>(quarter)];
  } else {
    out += (count == 3 ? "Q" : "") + std::to_string(quarter + 1);
  }
}

void append_year(int64_t year, size_t count, std::string& out) {
  append_padded(count == 2 ? year % 100 : year, count, out);
}

void append_weekday(const PatternItem& item, int64_t day, std::string& out) {
  if (item.letter == 'E' || item.count >= 3) {
    out += name_of_day(day, item.count);
  } else {
    append_padded(days_from_sunday(day) + 1, item.count, out);
  }
}

void append_month(int64_t month, size_t count, std::string& out) {
  if (count >= 3) {
    out += shortened(kMonths[static_cast<size_t>(month - 1)], count);
  } else {
    append_padded(month, count, out);
  }
}

int64_t week_of_month(int64_t day, const CivilDate& date) {
  return (date.day + days_from_sunday(day - date.day + 1) - 1) / 7 + 1;
}

// False for a letter of something else.
bool append_of_date(const PatternItem& item, const Moment& moment, DatePattern::Kind kind,
                    std::string& out) {
  const bool is_simple = kind == DatePattern::Kind::simple;
  const CivilDate date = moment.date();
  switch (item.letter) {
    case 'G': out += era(date.year, item.count); return true;
    case 'u':
      if (is_simple) {
        append_padded(floor_mod(moment.day + 3, 7) + 1, item.count, out);
      } else {
        append_year(date.year, item.count, out);
      }
      return true;
    case 'y': append_year(date.year > 0 ? date.year : 1 - date.year, item.count, out); return true;
    case 'Y': append_year(week_of(moment.day).year, item.count, out); return true;
    case 'Q':
    case 'q': append_quarter((date.month - 1) / 3, item.count, out); return true;
    case 'M':
    case 'L': append_month(date.month, item.count, out); return true;
    case 'w': append_padded(week_of(moment.day).number, item.count, out); return true;
    case 'W': append_padded(week_of_month(moment.day, date), item.count, out); return true;
    case 'd': append_padded(date.day, item.count, out); return true;
    case 'D':
      append_padded(moment.day - days_from_civil({date.year, 1, 1}) + 1, item.count, out);
      return true;
    case 'E':
    case 'e':
    case 'c': append_weekday(item, moment.day, out); return true;
    case 'F':
      append_padded((is_simple ? (date.day - 1) / 7 : (date.day - 1) % 7) + 1, item.count, out);
      return true;
    case 'g': append_padded(moment.day + kModifiedJulian, item.count, out); return true;
    default: return false;
  }
}

void append_of_clock(const PatternItem& item, const Moment& moment, std::string& out) {
  switch (item.letter) {
    case 'a': out += kHalves[moment.hour() < 12 ? 0 : 1]; break;
    case 'B': out += part_of_day(moment, item.count); break;
    case 'H': append_padded(moment.hour(), item.count, out); break;
    case 'k': append_padded((moment.hour() + 23) % 24 + 1, item.count, out); break;
    case 'K': append_padded(moment.hour() % 12, item.count, out); break;
    case 'h': append_padded((moment.hour() + 11) % 12 + 1, item.count, out); break;
    case 'm': append_padded(moment.minute(), item.count, out); break;
    case 's': append_padded(moment.second(), item.count, out); break;
    case 'n': append_padded(moment.ns_of_second(), item.count, out); break;
    case 'A': append_padded(moment.ns_of_day / 1'000'000, item.count, out); break;
    case 'N': append_padded(moment.ns_of_day, item.count, out); break;
    case 'S': {
      std::string fraction;
      append_padded(moment.ns_of_second(), 9, fraction);
      fraction.resize(item.count, '0');
      out += fraction;
      break;
    }
    case 'X':
    case 'x':
    case 'Z':
      throw Error(ErrorCode::invalid_argument, "a time without a zone has no letter " +
                                                   std::string(1, item.letter) +
                                                   " of a time pattern");
    default: break;  // a bracket
  }
}

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

// A section is read by a call of its own, and no pattern may use up the stack.
constexpr size_t kMostOpen = 100;

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
    if (open > kMostOpen) {
      refuse(pattern, "has more than " + std::to_string(kMostOpen) + " sections in one another");
    }
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
  for (const PatternItem& item : items_) {
    if (item.letter == 0) {
      out += item.text;
    } else if (!append_of_date(item, moment, kind_, out)) {
      append_of_clock(item, moment, out);
    }
  }
}

}  // namespace millrace::function
