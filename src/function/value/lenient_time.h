#pragma once

// Times in text as java.text.SimpleDateFormat reads them, by which Flink has UNIX_TIMESTAMP(text),
// CONVERT_TZ and DATE_FORMAT(text, pattern): numbers of any length, months and hours beyond their
// range carried on, anything behind the last part let stand. Numbers are an int of Java's, its low
// bits where a long holds them, else the nearest; milliseconds are a long of Java's, which go on
// past the last with the first: the year 999999999 is one long ago. Days are those of the Gregorian
// calendar at any time.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "base/time_zone.h"
#include "function/value/pattern_items.h"

namespace millrace::function {

struct LenientTime {
  int64_t clock_ms = 0;              // what a clock shows
  std::optional<int64_t> offset_ms;  // where the text names its zone: Z, X, z
};

class LenientPattern {
 public:
  // Years of two digits lie between 80 years before `now` and 20 after it. Throws
  // Error(invalid_argument) for a letter that has no meaning here.
  LenientPattern(std::string_view pattern, Timestamp now);

  std::optional<LenientTime> parse(std::string_view text) const;

 private:
  int64_t near_year(int64_t two_digits) const;
  int64_t first_year() const;

  std::vector<PatternItem> items_;
  int64_t century_ms_;  // when the hundred years begin that two digits are years of
};

// The instant at which a clock of the zone shows this. What comes twice is, as java.util.Calendar
// has it, the second time.
int64_t lenient_instant(const LenientTime& time, const TimeZone& zone);
// What a clock of the zone shows then.
int64_t lenient_clock(int64_t instant_ms, const TimeZone& zone);

}  // namespace millrace::function
