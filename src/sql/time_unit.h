#pragma once

// Units of time as SQL spells them, in INTERVAL, EXTRACT, FLOOR(... TO ...) and TIMESTAMPADD.

#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace::sql {

enum class TimeUnit : uint8_t {
  millennium,
  century,
  decade,
  year,
  isoyear,
  quarter,
  month,
  week,
  day,
  dow,
  isodow,
  doy,
  hour,
  minute,
  second,
  millisecond,
  microsecond,
  nanosecond,
  epoch,
};

// In upper case and singular: "MINUTE".
std::string_view word_of(TimeUnit unit);
// Of a word in upper case; the plurals that SQL knows too ("MINUTES").
std::optional<TimeUnit> find_time_unit(std::string_view word);

}  // namespace millrace::sql
