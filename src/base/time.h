#pragma once

// Instants and spans of time without <chrono>, and the civil calendar. Instants are UTC and know
// nothing of leap seconds, as in SQL.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace {

struct Duration {
  int64_t ns = 0;

  static constexpr Duration nanoseconds(int64_t n) { return {n}; }
  static constexpr Duration microseconds(int64_t n) { return {n * 1'000}; }
  static constexpr Duration milliseconds(int64_t n) { return {n * 1'000'000}; }
  static constexpr Duration seconds(int64_t n) { return {n * 1'000'000'000}; }
  constexpr int64_t ms() const { return ns / 1'000'000; }
  constexpr double as_seconds() const { return static_cast<double>(ns) / 1e9; }
  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator+(Duration d) const { return {ns + d.ns}; }
  constexpr Duration operator-(Duration d) const { return {ns - d.ns}; }
  constexpr Duration operator*(int64_t n) const { return {ns * n}; }
};

// Milliseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  int64_t ms = 0;

  constexpr auto operator<=>(const Timestamp&) const = default;
  constexpr Timestamp operator+(Duration d) const { return {ms + d.ms()}; }
  constexpr Timestamp operator-(Duration d) const { return {ms - d.ms()}; }
  constexpr Duration operator-(Timestamp t) const { return Duration::milliseconds(ms - t.ms); }
};

// A reading of a clock that only goes forward; comparable with readings of the same clock alone.
struct Instant {
  int64_t ns = 0;

  constexpr auto operator<=>(const Instant&) const = default;
  constexpr Instant operator+(Duration d) const { return {ns + d.ns}; }
  constexpr Duration operator-(Instant t) const { return {ns - t.ns}; }
};

struct CivilDate {
  int32_t year = 1970;
  int32_t month = 1;  // 1 to 12
  int32_t day = 1;    // 1 to 31
};

// Proleptic Gregorian calendar; valid for every int32_t number of days.
int64_t days_from_civil(CivilDate date);
CivilDate civil_from_days(int64_t days);
bool is_valid_date(CivilDate date);

// "2026-01-31T23:59:59.123Z", always with three digits of fraction.
std::string to_iso8601(Timestamp at);
// ISO 8601 with 'T' or a space, up to nine digits of fraction, and 'Z' or ±hh:mm. Fractions below
// a millisecond are cut off.
std::optional<Timestamp> parse_iso8601(std::string_view text);
// "250 ms", "5 s", "1 min", "2 h", "30 d" (with or without the space, long names too), as in
// Flink's options.
std::optional<Duration> parse_duration(std::string_view text);

}  // namespace millrace
