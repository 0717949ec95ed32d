#pragma once

// Times in text as java.text.SimpleDateFormat reads them, by which Flink has UNIX_TIMESTAMP(text),
// CONVERT_TZ and DATE_FORMAT(text, pattern): numbers of any length, months and hours beyond their
// range carried on, anything behind the last part let stand.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time_zone.h"

namespace millrace::function {

struct LenientTime {
  int64_t clock_ms = 0;              // what a clock shows
  std::optional<int64_t> offset_ms;  // where the text names its zone: Z, X, z
};

class LenientPattern {
 public:
  // Throws Error(invalid_argument) for a letter that has no meaning here.
  explicit LenientPattern(std::string_view pattern);

  std::optional<LenientTime> parse(std::string_view text) const;

 private:
  struct Item {
    char letter = 0;   // 0 for text
    size_t count = 0;  // of letters
    std::string text;
  };
  std::vector<Item> items_;
};

// The instant at which a clock of the zone shows this. What comes twice is, as java.util.Calendar
// has it, the second time.
int64_t lenient_instant(const LenientTime& time, const TimeZone& zone);

}  // namespace millrace::function
