#include "function/value/java_time.h"

namespace millrace::function {

// Three digits at a time, as many as there are.
static void append_fraction(int64_t ns, std::string& out) {
  if (ns == 0) {
    return;
  }
  std::string digits = std::to_string(kSecondNs + ns).substr(1);
  while (digits.ends_with("000")) {
    digits.resize(digits.size() - 3);
  }
  out += "." + digits;
}

void append_java_time(const Moment& moment, std::string& out) {
  const auto two_digits = [&](int64_t value) { out += std::to_string(100 + value).substr(1); };
  two_digits(moment.hour());
  out += ':';
  two_digits(moment.minute());
  if (moment.second() != 0 || moment.ns_of_second() != 0) {
    out += ':';
    two_digits(moment.second());
    append_fraction(moment.ns_of_second(), out);
  }
}

void append_java_timestamp(const Moment& moment, std::string& out) {
  append_date(moment.day, out);
  out += 'T';
  append_java_time(moment, out);
}

void append_java_instant(const Moment& moment, std::string& out) {
  append_date(moment.day, out);
  out += 'T';
  append_time(moment.ns_of_day / kSecondNs * 1000, 0, out);
  append_fraction(moment.ns_of_second(), out);
  out += 'Z';
}

}  // namespace millrace::function
