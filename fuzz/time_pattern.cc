// Patterns of dates and times, and a text for them: the first byte says whose letters they are, the
// first line is the pattern. Any is refused with an Error, or shows times and reads texts.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/error.h"
#include "function/value/date_pattern.h"

using namespace millrace;
using function::DatePattern;
using function::Moment;

// Days that DATE_FORMAT and TO_TIMESTAMP know: of the years 1 to 9999.
static bool has_four_digits(const Moment& moment) {
  const int64_t year = moment.date().year;
  return year >= 1 && year <= 9999;
}

static void read_and_show(const DatePattern& pattern, std::string_view text) {
  std::string shown;
  pattern.append({}, shown);
  pattern.append({.day = 20'000, .ns_of_day = function::kDayNs - 1}, shown);
  check(pattern.step_ns() > 0, "a pattern shows a part of time");
  pattern.check_read();
  const auto read = pattern.parse(text);
  if (!read) {
    return;
  }
  check(read->ns_of_day >= 0 && read->ns_of_day < function::kDayNs, "a time is within its day");
  if (has_four_digits(*read)) {
    pattern.append(*read, shown);
  }
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) {
    return 0;
  }
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string_view pattern = input.substr(0, input.find('\n'));
  const std::string_view text = input.substr(std::min(input.size(), pattern.size() + 1));
  const auto kind = data[0] % 2 == 0 ? DatePattern::Kind::formatter : DatePattern::Kind::simple;
  try {
    read_and_show(DatePattern(pattern, kind), text);
  } catch (const Error&) {  // most inputs are no pattern
  }
  return 0;
}
