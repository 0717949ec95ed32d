#include "base/time_zone.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

#include "base/error.h"
#include "base/time.h"

namespace millrace {

namespace {

constexpr int64_t kSecondMs = 1000;
constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kDayMs = 24 * kHourMs;
constexpr const char* kDirectory = "/usr/share/zoneinfo/";
constexpr int32_t kFirstYear = 1970;
constexpr int32_t kLastYear = 9999;

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
  int32_t number() {
    int32_t value = 0;
    const auto [end, failure] = std::from_chars(left_.data(), left_.data() + left_.size(), value);
    if (failure != std::errc()) {
      throw Error(ErrorCode::corrupt, "a time zone's rule ends early");
    }
    left_.remove_prefix(static_cast<size_t>(end - left_.data()));
    return value;
  }
  // hh[:mm[:ss]] with a sign.
  int64_t time_ms() {
    const bool negative = take('-');
    if (!negative) {
      take('+');
    }
    int64_t seconds = int64_t{number()} * 3600;
    for (int64_t unit = 60; unit > 0 && take(':'); unit /= 60) {
      seconds += number() * unit;
    }
    return (negative ? -seconds : seconds) * kSecondMs;
  }
  DayRule day() {
    DayRule rule;
    if (take('M')) {
      rule.month = number();
      take('.');
      rule.week = number();
      take('.');
    } else {
      rule.kind = take('J') ? DayRule::Kind::julian : DayRule::Kind::day_of_year;
    }
    rule.day = number();
    if (take('/')) {
      rule.time_ms = time_ms();
    }
    return rule;
  }

 private:
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
  std::string_view left_;
};

// --- The file ---

class FileReader {
 public:
  explicit FileReader(std::string_view bytes) : left_(bytes) {}

  std::string_view take(size_t size) {
    if (size > left_.size()) {
      throw Error(ErrorCode::corrupt, "a file of a time zone's rules ends early");
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
  std::string_view rest() const { return left_; }

 private:
  std::string_view left_;
};

struct Header {
  size_t is_universal, is_standard, leap_seconds, times, types, letters;

  size_t body(size_t time_size) const {
    return times * (time_size + 1) + types * 6 + letters + leap_seconds * (time_size + 4) +
           is_standard + is_universal;
  }
};

Header read_header(FileReader& in) {
  constexpr size_t kVersionAndReserved = 16;
  if (in.take(4) != "TZif") {
    throw Error(ErrorCode::corrupt, "a file of a time zone's rules does not begin as one");
  }
  in.take(kVersionAndReserved);
  const auto count = [&] { return static_cast<size_t>(in.integer(4)); };
  Header header{};
  header.is_universal = count();
  header.is_standard = count();
  header.leap_seconds = count();
  header.times = count();
  header.types = count();
  header.letters = count();
  return header;
}

std::optional<int64_t> offset_in(std::string_view text) {
  int64_t hours = 0;
  int64_t minutes = 0;
  if (text.empty() || (text[0] != '+' && text[0] != '-')) {
    return std::nullopt;
  }
  const char* end = text.data() + text.size();
  std::from_chars_result read = std::from_chars(text.data() + 1, end, hours);
  if (read.ec == std::errc() && read.ptr != end && *read.ptr == ':') {
    read = std::from_chars(read.ptr + 1, end, minutes);
  }
  if (read.ec != std::errc() || read.ptr != end || hours < 0 || hours > 18 || minutes < 0 ||
      minutes > 59) {
    return std::nullopt;
  }
  return (hours * 60 + minutes) * (text[0] == '-' ? -60 : 60) * kSecondMs;
}

std::optional<std::string> read_all(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    return std::nullopt;
  }
  std::string bytes;
  char block[4096];
  for (size_t size = 0; (size = std::fread(block, 1, sizeof(block), file)) > 0;) {
    bytes.append(block, size);
  }
  std::fclose(file);
  return bytes;
}

bool is_name(std::string_view text) {
  return !text.empty() && text.front() != '/' && text.find("..") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '/' || c == '_' || c == '-' || c == '+';
         });
}

}  // namespace

TimeZone::TimeZone(std::string name, std::vector<Change> changes)
    : name_(std::move(name)), changes_(std::move(changes)) {
  // A change to the same offset, as of a name alone, is none.
  const auto same = [](const Change& a, const Change& b) { return a.offset_ms == b.offset_ms; };
  changes_.erase(std::unique(changes_.begin(), changes_.end(), same), changes_.end());
}

std::shared_ptr<const TimeZone> TimeZone::read(std::string name, std::string_view file) {
  FileReader in(file);
  const Header first = read_header(in);
  in.take(first.body(4));
  const Header header = read_header(in);
  std::vector<int64_t> times;
  std::vector<size_t> types;
  std::vector<int64_t> offsets;
  for (size_t i = 0; i < header.times; ++i) {
    times.push_back(in.integer(8) * kSecondMs);
  }
  for (size_t i = 0; i < header.times; ++i) {
    types.push_back(static_cast<size_t>(in.integer(1)) & 0xFF);
  }
  for (size_t i = 0; i < header.types; ++i) {
    offsets.push_back(in.integer(4) * kSecondMs);
    in.take(2);
  }
  if (offsets.empty() || std::any_of(types.begin(), types.end(),
                                     [&](size_t type) { return type >= offsets.size(); })) {
    throw Error(ErrorCode::corrupt, "a file of a time zone's rules names a type it does not have");
  }
  in.take(header.body(8) - header.times * 9 - header.types * 6);
  std::vector<Change> changes = {{INT64_MIN, offsets[0]}};
  for (size_t i = 0; i < header.times; ++i) {
    changes.push_back({times[i], offsets[types[i]]});
  }
  std::string_view rule = in.rest();
  rule.remove_prefix(rule.starts_with('\n') ? 1 : 0);
  RuleReader reader(rule.substr(0, rule.find('\n')));
  if (!reader.at_end()) {
    reader.skip_name();
    const int64_t standard = -reader.time_ms();
    reader.skip_name();
    int64_t summer = standard + kHourMs;
    if (!reader.at_end() && !reader.take(',')) {
      summer = -reader.time_ms();
      reader.take(',');
    }
    if (!reader.at_end()) {
      const DayRule begin = reader.day();
      reader.take(',');
      const DayRule end = reader.day();
      std::vector<Change> ruled;
      for (int32_t year = kFirstYear; year <= kLastYear; ++year) {
        ruled.push_back({begin.in(year)*kDayMs + begin.time_ms - standard, summer});
        ruled.push_back({end.in(year)*kDayMs + end.time_ms - summer, standard});
      }
      std::sort(ruled.begin(), ruled.end(),
                [](const Change& a, const Change& b) { return a.at_ms < b.at_ms; });
      const int64_t last = changes.back().at_ms;
      std::copy_if(ruled.begin(), ruled.end(), std::back_inserter(changes),
                   [last](const Change& change) { return change.at_ms > last; });
    }
  }
  return std::shared_ptr<const TimeZone>(new TimeZone(std::move(name), std::move(changes)));
}

std::shared_ptr<const TimeZone> TimeZone::find(std::string_view name) {
  const std::string text(name);
  if (name == "UTC" || name == "GMT") {
    return std::shared_ptr<const TimeZone>(new TimeZone(text, {{INT64_MIN, 0}}));
  }
  if (name.starts_with("GMT")) {
    if (const auto ms = offset_in(name.substr(3))) {
      return std::shared_ptr<const TimeZone>(new TimeZone(text, {{INT64_MIN, *ms}}));
    }
  }
  if (is_name(name)) {
    if (const auto bytes = read_all(kDirectory + text); bytes && bytes->starts_with("TZif")) {
      return read(text, *bytes);
    }
    if (!read_all(kDirectory + std::string("UTC"))) {
      throw Error(ErrorCode::not_found,
                  "the time zone '" + text + "' needs rules that this machine does not have: " +
                      kDirectory + " is missing. Install tzdata, or name an offset, 'GMT+01:00'");
    }
  }
  throw Error(ErrorCode::invalid_argument,
              "Invalid time zone '" + text +
                  "'. The value should be a Time Zone Database (TZDB) ID such as "
                  "'America/Los_Angeles' to include daylight saving time. Fixed offsets are "
                  "supported using 'GMT-03:00' or 'GMT+03:00'. Or use 'UTC' without time zone and "
                  "daylight saving time.");
}

size_t TimeZone::index_at(int64_t instant_ms) const {
  const auto next =
      std::upper_bound(changes_.begin() + 1, changes_.end(), instant_ms,
                       [](int64_t ms, const Change& change) { return ms < change.at_ms; });
  return static_cast<size_t>(next - changes_.begin()) - 1;
}

int64_t TimeZone::to_instant(int64_t local_ms) const {
  const int64_t before = offset_ms(local_ms - kDayMs);
  if (offset_ms(local_ms - before) == before) {
    return local_ms - before;
  }
  const int64_t after = offset_ms(local_ms + kDayMs);
  return offset_ms(local_ms - after) == after ? local_ms - after : local_ms - before;
}

int64_t TimeZone::last_passed(int64_t instant_ms) const {
  const size_t index = index_at(instant_ms);
  if (index + 1 < changes_.size()) {
    const Change& next = changes_[index + 1];
    const int64_t repeated = changes_[index].offset_ms - next.offset_ms;
    if (repeated > 0 && instant_ms >= next.at_ms - repeated) {
      return next.at_ms + next.offset_ms - 1;
    }
  }
  return instant_ms + changes_[index].offset_ms;
}

int64_t TimeZone::passed_at(int64_t local_ms) const {
  const int64_t after = offset_ms(local_ms + kDayMs);
  if (offset_ms(local_ms - after) == after) {
    return local_ms - after;
  }
  const int64_t before = offset_ms(local_ms - kDayMs);
  if (offset_ms(local_ms - before) == before) {
    return local_ms - before;
  }
  // In an hour left out: with its beginning all of it is over.
  return changes_[std::min(index_at(local_ms - after) + 1, changes_.size() - 1)].at_ms;
}

}  // namespace millrace
