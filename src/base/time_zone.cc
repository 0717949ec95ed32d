#include "base/time_zone.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>

#include "base/error.h"

namespace millrace {

namespace {

constexpr int64_t kSecondMs = 1000;
constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kDayMs = 24 * kHourMs;
constexpr const char* kDirectory = "/usr/share/zoneinfo/";

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

TimeZone::TimeZone(std::string name, std::vector<ZoneChange> changes)
    : name_(std::move(name)), changes_(std::move(changes)) {
  // A change to the same offset, as of a name alone, is none.
  const auto same = [](const ZoneChange& a, const ZoneChange& b) {
    return a.offset_ms == b.offset_ms;
  };
  changes_.erase(std::unique(changes_.begin(), changes_.end(), same), changes_.end());
}

std::shared_ptr<const TimeZone> TimeZone::read(std::string name, std::string_view file) {
  return std::shared_ptr<const TimeZone>(new TimeZone(std::move(name), read_zone_file(file)));
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
                       [](int64_t ms, const ZoneChange& change) { return ms < change.at_ms; });
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
    const ZoneChange& next = changes_[index + 1];
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
