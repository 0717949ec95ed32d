#pragma once

// Dates and times of JSON fields, in the two forms that Flink reads. No allocation, and no branch
// a digit: eight characters are checked at once. The last date and the last second are remembered,
// as records of a stream share theirs with those before.

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace millrace::codec {

class TimeText {
 public:
  enum class Zone : uint8_t { none, utc };  // utc: a 'Z' must follow

  // "2026-01-31T23:59:59.123Z" with that separator; up to nine digits of fraction, or none. Counts
  // `unit` (10^3, 10^6 or 10^9) to the second; finer digits are cut off. With separator 'T' the
  // seconds may be missing, as ISO 8601 allows. False where it is no such text.
  bool timestamp(std::string_view text, char separator, Zone zone, int64_t unit, int64_t& moment) {
    const bool has_milliseconds = text.size() == sizeof(second_) + 4 && unit == 1'000;
    if (has_milliseconds && zone == Zone::none && is_of_second(text.data())) {
      const char* point = text.data() + sizeof(second_);
      const auto digit = [&](size_t at) { return static_cast<unsigned char>(point[at] - '0'); };
      moment = seconds_ * 1'000 + digit(1) * 100 + digit(2) * 10 + digit(3);
      return point[0] == '.' && digit(1) <= 9 && digit(2) <= 9 && digit(3) <= 9;
    }
    const auto found = any_timestamp(text, separator, zone, unit);
    moment = found.value_or(0);
    return found.has_value();
  }
  // Days since 1970-01-01 of "2026-01-31".
  std::optional<int32_t> date(std::string_view text);
  // Milliseconds of the day of "23:59:59.123".
  static std::optional<int32_t> time(std::string_view text);

 private:
  std::optional<int64_t> any_timestamp(std::string_view text, char separator, Zone zone,
                                       int64_t unit);
  std::optional<int64_t> days(const char* ten);

  // Whether the last second's text is this one's, too.
  bool is_of_second(const char* text) const {
    const auto differs = [&](size_t from) {
      uint64_t here, there;
      std::memcpy(&here, text + from, sizeof(here));
      std::memcpy(&there, second_ + from, sizeof(there));
      return here ^ there;
    };
    return (differs(0) | differs(8) | differs(sizeof(second_) - 8)) == 0;
  }

  // The last texts: until there is one, a byte that none has, for it is no UTF-8.
  char cached_[10] = {'\xff'};  // of the date
  int64_t cached_days_ = 0;
  char second_[19] = {'\xff'};  // of a date and time, to the second
  int64_t seconds_ = 0;         // since 1970
};

}  // namespace millrace::codec
