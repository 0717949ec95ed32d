#include "function/value/escaped_time.h"

#include <charconv>

#include "base/time.h"

namespace millrace::function {

namespace {

constexpr int64_t kDaySeconds = 86'400;

// A whole number of at most so many characters.
std::optional<int64_t> number(std::string_view text, size_t most = 9) {
  int32_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.size() > most || failure != std::errc() ||
      end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && static_cast<uint8_t>(text.front()) <= ' ') {
    text.remove_prefix(1);
  }
  while (!text.empty() && static_cast<uint8_t>(text.back()) <= ' ') {
    text.remove_suffix(1);
  }
  return text;
}

// What stands ahead of the separator, and the text behind it; the rest where there is none.
std::string_view take_until(std::string_view& text, char separator) {
  const size_t at = std::min(text.find(separator), text.size());
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

std::optional<int64_t> parse_day(std::string_view text) {
  const std::string_view year_text = take_until(text, '-');
  const std::optional<int64_t> year = number(year_text);
  const std::optional<int64_t> month = number(take_until(text, '-'), 2);
  const std::optional<int64_t> day = number(text, 2);
  if (!year || year_text.size() != 4 || !month || !day || *month < 1 || *month > 12 || *day < 1 ||
      *day > 31) {
    return std::nullopt;
  }
  return days_from_civil({static_cast<int32_t>(*year), static_cast<int32_t>(*month), 1}) + *day - 1;
}

std::optional<int64_t> parse_fraction_ns(std::string_view text) {
  std::optional<int64_t> ns = number(text);
  for (size_t digits = text.size(); ns && digits < 9; ++digits) {
    *ns *= 10;
  }
  return ns && *ns >= 0 ? ns : std::nullopt;
}

// Since midnight; the days in it are many, where hours go far beyond theirs.
std::optional<Moment> parse_clock(std::string_view text) {
  const std::optional<int64_t> hour = number(take_until(text, ':'));
  const std::optional<int64_t> minute = number(take_until(text, ':'));
  const bool has_fraction = text.find('.') != std::string_view::npos;
  const std::optional<int64_t> second = number(take_until(text, '.'));
  const std::optional<int64_t> ns =
      has_fraction ? parse_fraction_ns(text) : std::optional<int64_t>(0);
  if (!hour || !minute || !second || !ns) {
    return std::nullopt;
  }
  const int64_t seconds = (*hour * 60 + *minute) * 60 + *second;
  return Moment{floor_div(seconds, kDaySeconds), floor_mod(seconds, kDaySeconds) * kSecondNs + *ns};
}

}  // namespace

std::optional<Moment> parse_escaped_time(std::string_view text) {
  text = trimmed(text);
  const bool has_clock = text.find(' ') != std::string_view::npos;
  const std::optional<int64_t> day = parse_day(take_until(text, ' '));
  const std::optional<Moment> clock = has_clock ? parse_clock(text) : Moment();
  return day && clock ? std::optional(Moment{*day + clock->day, clock->ns_of_day}) : std::nullopt;
}

}  // namespace millrace::function
