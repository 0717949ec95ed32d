#pragma once

// Patterns of dates and times in Java's letters, as DATE_FORMAT and TO_TIMESTAMP take them:
//
//   y year  M month (MMM Jan, MMMM January)  d day  D day of the year  E weekday (EEEE in full)
//   Q quarter  w W week of the year, of the month  Y its year  e c day of the week, Sunday being 1
//   F day of the week, the 1st being a 1  g days since 1858-11-17  G AD or BC
//   H hour 0-23  h hour 1-12  a AM or PM  B at night  m minute  s second  S fraction
//   A N n milliseconds and nanoseconds of the day, nanoseconds of the second
//   'text' as it stands  [...] what may be absent where a text is read
//
// Other letters are refused, as are too many of one; other characters stand for themselves. The
// patterns of SimpleDateFormat have fewer letters, no sections, and two letters of another meaning:
// u is the day of the week, Monday being 1, and F the how manieth of its weekday in the month.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "function/value/pattern_items.h"
#include "function/value/time_text.h"

namespace millrace::function {

class DatePattern {
 public:
  enum class Kind : uint8_t { formatter, simple };  // DateTimeFormatter's, SimpleDateFormat's

  // Throws Error(invalid_argument) for a letter that has no meaning here.
  explicit DatePattern(std::string_view pattern, Kind kind = Kind::formatter);

  void append(const Moment& moment, std::string& out) const;
  // How much of a day has one text: all of it for "yyyy-MM-dd", a minute's worth for "HH:mm".
  int64_t step_ns() const;
  // Throws Error(unsupported) for a letter that is shown alone: F, W and B.
  void check_read() const;
  // The whole text must fit; parts that the pattern has not are those of 1970-01-01 00:00:00.
  std::optional<Moment> parse(std::string_view text) const;

 private:
  Kind kind_;
  std::vector<PatternItem> items_;
};

}  // namespace millrace::function
