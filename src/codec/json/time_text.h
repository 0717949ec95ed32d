#pragma once

// Dates and times of JSON fields, in the two forms that Flink reads. No allocation, and no branch
// a digit: eight characters are checked at once. The last date and the last second are remembered,
// as records of a stream share theirs with those before.

#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace::codec {

class TimeText {
 public:
  enum class Zone : uint8_t { none, utc };  // utc: a 'Z' must follow

  // "2026-01-31T23:59:59.123Z" with that separator; up to nine digits of fraction, or none. Counts
  // `unit` (10^3, 10^6 or 10^9) to the second; finer digits are cut off. With separator 'T' the
  // seconds may be missing, as ISO 8601 allows.
  std::optional<int64_t> timestamp(std::string_view text, char separator, Zone zone, int64_t unit);
  // Days since 1970-01-01 of "2026-01-31".
  std::optional<int32_t> date(std::string_view text);
  // Milliseconds of the day of "23:59:59.123".
  static std::optional<int32_t> time(std::string_view text);

 private:
  std::optional<int64_t> days(const char* ten);

  char cached_[10] = {};  // text of the date
  int64_t cached_days_ = 0;
  char second_[19] = {};  // text of a date and time, to the second
  int64_t seconds_ = 0;   // since 1970
};

}  // namespace millrace::codec
