#include "codec/json/time_text.h"

#include <cstring>

#include "base/time.h"

namespace millrace::codec {

namespace {

uint64_t load8(const char* at) {
  uint64_t word;
  std::memcpy(&word, at, sizeof(word));
  return word;
}

// Whether eight characters look like `pattern`, where '0' stands for any digit and everything else
// for itself. Their difference is 0 to 9 at digits and 0 elsewhere, so that adding 0x76 or 0x7F
// reaches the top bit exactly where it is more.
bool matches8(const char* text, const char* pattern) {
  uint64_t add = 0;
  for (int i = 7; i >= 0; --i) {
    add = add << 8 | (pattern[i] == '0' ? 0x76 : 0x7F);
  }
  constexpr uint64_t kTop = 0x8080808080808080ULL;
  const uint64_t difference = load8(text) ^ load8(pattern);
  return ((((difference & ~kTop) + add) | difference) & kTop) == 0;
}

bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

int32_t two(const char* at) { return (at[0] - '0') * 10 + (at[1] - '0'); }

// The digits behind a '.', as nanoseconds; the whole text must be one to nine of them.
std::optional<int64_t> fraction(std::string_view digits) {
  if (digits.empty() || digits.size() > 9) {
    return std::nullopt;
  }
  int64_t value = 0;
  for (size_t i = 0; i < 9; ++i) {
    const char c = i < digits.size() ? digits[i] : '0';
    if (!is_digit(c)) {
      return std::nullopt;
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

struct TimeOfDay {
  int64_t seconds;
  int64_t nanoseconds;
};

// So many of a second's `unit` parts. Written out, for division by a constant is none.
int64_t in_units(int64_t nanoseconds, int64_t unit) {
  return unit == 1'000       ? nanoseconds / 1'000'000
         : unit == 1'000'000 ? nanoseconds / 1'000
                             : nanoseconds / (1'000'000'000 / unit);
}

// What stands behind the seconds, in nanoseconds: nothing, or '.' and digits.
std::optional<int64_t> behind_seconds(std::string_view text) {
  if (text.empty()) {
    return 0;
  }
  if (text.size() == 4 && text[0] == '.' && is_digit(text[1]) && is_digit(text[2]) &&
      is_digit(text[3])) {
    return ((text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0')) * int64_t{1'000'000};
  }
  return text[0] == '.' ? fraction(text.substr(1)) : std::nullopt;
}

constexpr int32_t kDaySeconds = 86'400;

// "23:59:59" and perhaps a fraction; "24:00:00" is the end of the day.
std::optional<TimeOfDay> time_of_day(std::string_view text) {
  if (text.size() < 8 || !matches8(text.data(), "00:00:00")) {
    return std::nullopt;
  }
  const int32_t hour = two(text.data());
  const int32_t minute = two(text.data() + 3);
  const int32_t second = two(text.data() + 6);
  const bool ends_day = hour == 24 && minute == 0 && second == 0;
  if ((hour > 23 && !ends_day) || minute > 59 || second > 59) {
    return std::nullopt;
  }
  const auto nanoseconds = behind_seconds(text.substr(8));
  if (!nanoseconds || (ends_day && *nanoseconds > 0)) {
    return std::nullopt;
  }
  return TimeOfDay{hour * 3600 + minute * 60 + second, *nanoseconds};
}

}  // namespace

std::optional<int64_t> TimeText::days(const char* ten) {
  if (std::memcmp(ten, cached_, sizeof(cached_)) == 0) {
    return cached_days_;
  }
  if (!matches8(ten, "0000-00-") || !is_digit(ten[8]) || !is_digit(ten[9])) {
    return std::nullopt;
  }
  const CivilDate date{two(ten) * 100 + two(ten + 2), two(ten + 5), two(ten + 8)};
  if (!is_valid_date(date)) {
    return std::nullopt;
  }
  cached_days_ = days_from_civil(date);
  std::memcpy(cached_, ten, sizeof(cached_));
  return cached_days_;
}

// Nothing where nanoseconds do not reach: they are good for the years 1678 to 2261.
static std::optional<int64_t> in_units(int64_t seconds, int64_t nanoseconds, int64_t unit) {
  int64_t whole = 0;
  if (__builtin_mul_overflow(seconds, unit, &whole) ||
      __builtin_add_overflow(whole, in_units(nanoseconds, unit), &whole)) {
    return std::nullopt;
  }
  return whole;
}

std::optional<int64_t> TimeText::any_timestamp(std::string_view text, char separator, Zone zone,
                                               int64_t unit) {
  if (zone == Zone::utc) {
    if (text.empty() || text.back() != 'Z') {
      return std::nullopt;
    }
    text.remove_suffix(1);
  }
  if (text.size() < 16 || text[10] != separator) {
    return std::nullopt;
  }
  if (text.size() >= sizeof(second_) && std::memcmp(text.data(), second_, sizeof(second_)) == 0) {
    const auto nanoseconds = behind_seconds(text.substr(sizeof(second_)));
    if (!nanoseconds) {
      return std::nullopt;
    }
    return in_units(seconds_, *nanoseconds, unit);
  }
  char with_seconds[8];
  std::string_view clock = text.substr(11);
  if (clock.size() == 5 && separator == 'T') {
    std::memcpy(with_seconds, clock.data(), 5);
    std::memcpy(with_seconds + 5, ":00", 3);
    clock = std::string_view(with_seconds, 8);
  }
  const auto day = days(text.data());
  const auto time = time_of_day(clock);
  // Flink's way by ISO 8601 to a time without a zone knows no end of the day.
  const bool is_end_lost = separator == 'T' && zone != Zone::utc;
  if (!day || !time || (is_end_lost && time->seconds == kDaySeconds)) {
    return std::nullopt;
  }
  const int64_t seconds = *day * kDaySeconds + time->seconds;
  if (text.size() >= sizeof(second_) && time->seconds < kDaySeconds) {
    std::memcpy(second_, text.data(), sizeof(second_));
    seconds_ = seconds;
  }
  return in_units(seconds, time->nanoseconds, unit);
}

std::optional<int32_t> TimeText::date(std::string_view text) {
  const auto day = text.size() == 10 ? days(text.data()) : std::nullopt;
  if (!day) {
    return std::nullopt;
  }
  return static_cast<int32_t>(*day);
}

std::optional<int32_t> TimeText::time(std::string_view text) {
  const auto time = time_of_day(text);
  if (!time) {
    return std::nullopt;
  }
  return static_cast<int32_t>(time->seconds % kDaySeconds * 1000 + time->nanoseconds / 1'000'000);
}

}  // namespace millrace::codec
