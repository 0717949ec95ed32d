#include "codec/text/moments.h"

#include "function/value/time_text.h"

namespace millrace::codec {

static void append_two(int64_t value, std::string& out) {
  out += static_cast<char>('0' + value / 10);
  out += static_cast<char>('0' + value % 10);
}

void append_date_text(int64_t day, std::string& out) {
  const CivilDate date = civil_from_days(day);
  if (date.year < 0 || date.year > 9999) {
    // Java's ISO years: a sign where there are more digits than four, or before the year 0.
    const int64_t size = date.year < 0 ? -int64_t{date.year} : date.year;
    const std::string digits = std::to_string(size);
    out += date.year < 0 ? '-' : '+';
    out.append(digits.size() < 4 ? 4 - digits.size() : 0, '0');
    out += digits;
  } else {
    append_two(date.year / 100, out);
    append_two(date.year % 100, out);
  }
  out += '-';
  append_two(date.month, out);
  out += '-';
  append_two(date.day, out);
}

void append_time_text(int64_t second_of_day, std::string& out) {
  append_two(second_of_day / 3600, out);
  out += ':';
  append_two(second_of_day / 60 % 60, out);
  out += ':';
  append_two(second_of_day % 60, out);
}

static void append_fraction(int64_t ns, std::string& out) {
  if (ns == 0) {
    return;
  }
  char digits[9];
  for (int i = 8; i >= 0; --i) {
    digits[i] = static_cast<char>('0' + ns % 10);
    ns /= 10;
  }
  size_t size = sizeof(digits);
  while (digits[size - 1] == '0') {
    --size;
  }
  out += '.';
  out.append(digits, size);
}

void append_timestamp_text(int64_t value, const Type& type, char separator, std::string& out) {
  const function::Moment moment = function::moment_of(value, type.timestamp_unit());
  append_date_text(moment.day, out);
  out += separator;
  append_time_text(moment.ns_of_day / function::kSecondNs, out);
  append_fraction(moment.ns_of_second(), out);
}

}  // namespace millrace::codec
