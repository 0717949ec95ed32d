#pragma once

// Dates, times and timestamps as text and back, as Flink writes and reads them. All in UTC.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"
#include "column/type.h"

namespace millrace::function {

constexpr int64_t kDayMs = 86'400'000;
constexpr int64_t kSecondNs = 1'000'000'000;
constexpr int64_t kDayNs = 86'400 * kSecondNs;

constexpr int64_t floor_div(int64_t a, int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}
constexpr int64_t floor_mod(int64_t a, int64_t b) {
  const int64_t rest = a % b;
  return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
}

// A timestamp taken apart.
struct Moment {
  int64_t day = 0;        // since 1970-01-01
  int64_t ns_of_day = 0;  // 0 to kDayNs - 1

  CivilDate date() const { return civil_from_days(day); }
  int64_t hour() const { return ns_of_day / (3600 * kSecondNs); }
  int64_t minute() const { return ns_of_day / (60 * kSecondNs) % 60; }
  int64_t second() const { return ns_of_day / kSecondNs % 60; }
  int64_t ns_of_second() const { return ns_of_day % kSecondNs; }
};

// Values of a timestamp type count `unit` to the second (Type::timestamp_unit()).
Moment moment_of(int64_t value, int64_t unit);
int64_t value_of(const Moment& moment, int64_t unit);  // cuts off what the unit cannot hold
// From one timestamp type to another: below its precision nothing stays.
int64_t with_precision(int64_t value, const Type& from, const Type& to);

void append_date(int64_t day, std::string& out);                    // 2026-01-31
void append_time(int64_t ms_of_day, int digits, std::string& out);  // 23:59:59, digits at least
// At least `digits` of fraction, more where they are not zero.
void append_timestamp(const Moment& moment, int digits, std::string& out);
// 2026-01-31T23:59:59.5: as many digits of fraction as are not zero.
void append_iso_timestamp(const Moment& moment, std::string& out);

// "2026-01-31", also "2026-1-3", "2026-01", "2026", and whatever follows a space.
std::optional<int64_t> parse_date(std::string_view text);
std::optional<int64_t> parse_time_ms(std::string_view text);  // "23:59:59.123", "23:59", "23"
// "2026-01-31 23:59:59.123456789"; one digit will do for the parts after the year, and the time
// may be missing. No 'T' and no zone.
std::optional<Moment> parse_timestamp(std::string_view text);

}  // namespace millrace::function
