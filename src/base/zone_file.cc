#include "base/zone_file.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <string>

#include "base/error.h"
#include "base/time.h"

namespace millrace {

namespace {

constexpr int64_t kSecondMs = 1000;
constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kDayMs = 24 * kHourMs;
constexpr int32_t kFirstYear = 1970;
constexpr int32_t kLastYear = 9999;
// What is farther is as good as never: zic writes the Big Bang, -2^59 seconds.
constexpr int64_t kFarthestSeconds = INT64_MAX / 4 / kSecondMs;
constexpr int64_t kMostOffsetSeconds = 26 * 3600;
constexpr int32_t kMostRuleHours = 167;

[[noreturn]] void refuse(const std::string& why) {
  throw Error(ErrorCode::corrupt, "a file of a time zone's rules " + why);
}

int64_t checked_offset(int64_t seconds) {
  if (seconds < -kMostOffsetSeconds || seconds > kMostOffsetSeconds) {
    refuse("has an offset of more than a day: " + std::to_string(seconds) + " seconds");
  }
  return seconds;
}

// --- The rule at the end of a file: "CET-1CEST,M3.5.0,M10.5.0/3" ---

struct DayRule {
  enum class Kind : uint8_t { day_of_month, julian, day_of_year };
  Kind kind = Kind::day_of_month;
  int32_t month = 0;
  int32_t week = 0;  // 5 for the last one
  int32_t day = 0;   // of the week, Sunday being 0, or of the year
  int64_t time_ms = 2 * kHourMs;

  // The day of that year, since 1970-01-01.
  int64_t in(int32_t year) const {
    const int64_t first = days_from_civil({year, 1, 1});
    if (kind != Kind::day_of_month) {
      const bool skips_leap_day = kind == Kind::julian && day >= 60 && is_valid_date({year, 2, 29});
      return first + day - (kind == Kind::julian && !skips_leap_day ? 1 : 0);
    }
    const int64_t begin = days_from_civil({year, month, 1});
    const int64_t weekday = ((begin + 4) % 7 + 7) % 7;
    int64_t at = begin + (day - weekday + 7) % 7 + 7 * (week - 1);
    while (civil_from_days(at).month != month) {
      at -= 7;
    }
    return at;
  }
};

class RuleReader {
 public:
  explicit RuleReader(std::string_view text) : left_(text) {}

  bool at_end() const { return left_.empty(); }
  bool take(char c) {
    const bool found = !left_.empty() && left_.front() == c;
    left_.remove_prefix(found ? 1 : 0);
    return found;
  }
  void skip_name() {
    const bool quoted = take('<');
    while (!left_.empty() && (quoted ? left_.front() != '>' : is_letter(left_.front()))) {
      left_.remove_prefix(1);
    }
    if (quoted) {
      take('>');
    }
  }
  // What a clock on the wall is ahead of UTC; the rule has it the other way round.
  int64_t offset_ms() { return -checked_offset(time_s()) * kSecondMs; }
  DayRule day() {
    DayRule rule;
    if (take('M')) {
      rule.month = number(1, 12);
      take('.');
      rule.week = number(1, 5);
      take('.');
      rule.day = number(0, 6);
    } else {
      rule.kind = take('J') ? DayRule::Kind::julian : DayRule::Kind::day_of_year;
      rule.day = rule.kind == DayRule::Kind::julian ? number(1, 365) : number(0, 365);
    }
    if (take('/')) {
      rule.time_ms = time_s() * kSecondMs;
    }
    return rule;
  }

 private:
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
  int32_t number(int32_t least, int32_t most) {
    int32_t value = 0;
    const auto [end, failure] = std::from_chars(left_.data(), left_.data() + left_.size(), value);
    if (failure != std::errc() || value < least || value > most) {
      refuse("ends with a rule that cannot be read at '" + std::string(left_) + "'");
    }
    left_.remove_prefix(static_cast<size_t>(end - left_.data()));
    return value;
  }
  // hh[:mm[:ss]] with a sign.
  int64_t time_s() {
    const bool negative = take('-');
    if (!negative) {
      take('+');
    }
    int64_t seconds = int64_t{number(0, kMostRuleHours)} * 3600;
    for (int64_t unit = 60; unit > 0 && take(':'); unit /= 60) {
      seconds += number(0, 59) * unit;
    }
    return negative ? -seconds : seconds;
  }

  std::string_view left_;
};

// Two changes a year; none where a rule is of one offset alone.
std::vector<ZoneChange> changes_of_rule(std::string_view text) {
  RuleReader reader(text);
  if (reader.at_end()) {
    return {};
  }
  reader.skip_name();
  const int64_t standard = reader.offset_ms();
  reader.skip_name();
  int64_t summer = standard + kHourMs;
  if (!reader.at_end() && !reader.take(',')) {
    summer = reader.offset_ms();
    reader.take(',');
  }
  if (reader.at_end()) {
    return {};
  }
  const DayRule begin = reader.day();
  reader.take(',');
  const DayRule end = reader.day();
  std::vector<ZoneChange> changes;
  for (int32_t year = kFirstYear; year <= kLastYear; ++year) {
    changes.push_back({begin.in(year)*kDayMs + begin.time_ms - standard, summer});
    changes.push_back({end.in(year)*kDayMs + end.time_ms - summer, standard});
  }
  std::sort(changes.begin(), changes.end(), [](const ZoneChange& a, const ZoneChange& b) {
    return a.at_ms != b.at_ms ? a.at_ms < b.at_ms : a.offset_ms < b.offset_ms;
  });
  return changes;
}

// --- What stands before it ---

class FileReader {
 public:
  explicit FileReader(std::string_view bytes) : left_(bytes) {}

  std::string_view take(size_t size) {
    if (size > left_.size()) {
      refuse("ends early");
    }
    const std::string_view part = left_.substr(0, size);
    left_.remove_prefix(size);
    return part;
  }
  int64_t integer(size_t size) {
    uint64_t value = 0;
    for (const char c : take(size)) {
      value = value << 8 | static_cast<unsigned char>(c);
    }
    return size == 4 ? int64_t{static_cast<int32_t>(value)} : static_cast<int64_t>(value);
  }
  size_t byte() { return static_cast<unsigned char>(take(1).front()); }
  std::string_view rest() const { return left_; }

 private:
  std::string_view left_;
};

struct Header {
  size_t is_universal, is_standard, leap_seconds, times, types, letters;

  // Behind times and types.
  size_t tail(size_t time_size) const {
    return letters + leap_seconds * (time_size + 4) + is_standard + is_universal;
  }
  size_t body(size_t time_size) const {
    return times * (time_size + 1) + types * 6 + tail(time_size);
  }
};

Header read_header(FileReader& in) {
  constexpr size_t kVersionAndReserved = 16;
  if (in.take(4) != "TZif") {
    refuse("does not begin as one");
  }
  in.take(kVersionAndReserved);
  const auto count = [&] {
    const int64_t written = in.integer(4);
    if (written < 0) {
      refuse("counts " + std::to_string(written));
    }
    return static_cast<size_t>(written);
  };
  Header header{};
  header.is_universal = count();
  header.is_standard = count();
  header.leap_seconds = count();
  header.times = count();
  header.types = count();
  header.letters = count();
  return header;
}

std::vector<int64_t> read_times(FileReader& in, size_t count) {
  std::vector<int64_t> times;
  for (size_t i = 0; i < count; ++i) {
    const int64_t at = std::clamp(in.integer(8), -kFarthestSeconds, kFarthestSeconds) * kSecondMs;
    if (!times.empty() && at < times.back()) {
      refuse("does not have its changes in their order");
    }
    times.push_back(at);
  }
  return times;
}

std::vector<int64_t> read_offsets(FileReader& in, size_t count) {
  std::vector<int64_t> offsets;
  for (size_t i = 0; i < count; ++i) {
    offsets.push_back(checked_offset(in.integer(4)) * kSecondMs);
    in.take(2);  // whether it is summer, and its name
  }
  return offsets;
}

std::vector<ZoneChange> read_changes(FileReader& in, const Header& header) {
  const std::vector<int64_t> times = read_times(in, header.times);
  FileReader types(in.take(header.times));
  const std::vector<int64_t> offsets = read_offsets(in, header.types);
  const auto offset_of = [&](size_t type) {
    if (type >= offsets.size()) {
      refuse("names a type that it does not have");
    }
    return offsets[type];
  };
  std::vector<ZoneChange> changes = {{INT64_MIN, offset_of(0)}};
  for (const int64_t at : times) {
    changes.push_back({at, offset_of(types.byte())});
  }
  return changes;
}

// Between two line feeds.
std::string_view rule_at(std::string_view end) {
  end.remove_prefix(end.starts_with('\n') ? 1 : 0);
  return end.substr(0, end.find('\n'));
}

}  // namespace

std::vector<ZoneChange> read_zone_file(std::string_view bytes) {
  FileReader in(bytes);
  in.take(read_header(in).body(4));  // the same in 32 bits
  const Header header = read_header(in);
  std::vector<ZoneChange> changes = read_changes(in, header);
  in.take(header.tail(8));
  const std::vector<ZoneChange> ruled = changes_of_rule(rule_at(in.rest()));
  const int64_t last = changes.back().at_ms;
  std::copy_if(ruled.begin(), ruled.end(), std::back_inserter(changes),
               [last](const ZoneChange& change) { return change.at_ms > last; });
  return changes;
}

}  // namespace millrace
