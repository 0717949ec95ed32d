#pragma once

// Patterns of dates and times in Java's letters, as DATE_FORMAT and TO_TIMESTAMP take them:
//
//   y year  M month (MMM Jan, MMMM January)  d day  D day of the year  E weekday (EEEE in full)
//   Q quarter  w W week of the year, of the month  Y its year  e day of the week, Sunday being 1
//   H hour 0-23  h hour 1-12  a AM or PM  m minute  s second  S fraction  'text' as it stands
//
// Other letters are refused; other characters stand for themselves.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "function/value/pattern_items.h"
#include "function/value/time_text.h"

namespace millrace::function {

class DatePattern {
 public:
  // Throws Error(invalid_argument) for a letter that has no meaning here.
  explicit DatePattern(std::string_view pattern);

  void append(const Moment& moment, std::string& out) const;
  // How much of a day has one text: all of it for "yyyy-MM-dd", a minute's worth for "HH:mm".
  int64_t step_ns() const;
  // The whole text must fit; parts that the pattern has not are those of 1970-01-01 00:00:00.
  std::optional<Moment> parse(std::string_view text) const;

 private:
  std::vector<PatternItem> items_;
};

}  // namespace millrace::function
