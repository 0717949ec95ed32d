#include "function/value/lenient_time.h"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::function;

static int64_t year_of(std::string_view text, std::string_view now) {
  const LenientPattern pattern("yy-MM-dd", *parse_iso8601(now));
  return civil_from_days(pattern.parse(text)->clock_ms / 86'400'000).year;
}

TEST_CASE("years of two digits lie between 80 years before now and 20 after it") {
  CHECK(year_of("46-12-31", "2026-11-22T00:00:00Z") == 1946);
  CHECK(year_of("46-11-22", "2026-11-22T00:00:00Z") == 1946);
  CHECK(year_of("46-11-21", "2026-11-22T00:00:00Z") == 2046);
  CHECK(year_of("45-12-31", "2026-11-22T00:00:00Z") == 2045);
  CHECK(year_of("55-01-01", "2036-11-22T00:00:00Z") == 2055);
  CHECK(year_of("57-01-01", "2036-11-22T00:00:00Z") == 1957);
  CHECK(year_of("99-01-01", "2080-06-01T00:00:00Z") == 2099);
}

TEST_CASE("only two digits are such a year") {
  CHECK(year_of("145-01-01", "2026-11-22T00:00:00Z") == 145);
  CHECK(year_of("5-01-01", "2026-11-22T00:00:00Z") == 5);
  CHECK(year_of("-45-01-02", "2026-11-22T00:00:00Z") == -45);
}

TEST_CASE("times at the end of all numbers go on with the first, in any zone") {
  const LenientPattern pattern("yyyy-MM-dd HH:mm:ss", Timestamp{});
  const auto tokyo = TimeZone::find("GMT+09:00");
  const auto west = TimeZone::find("GMT-05:00");
  const LenientTime last = *pattern.parse("292278994-08-17 07:12:55");
  CHECK(last.clock_ms == 9'223'372'036'854'775'000);
  CHECK(lenient_instant(last, *tokyo) == 9'223'372'036'822'375'000);
  CHECK(lenient_instant(last, *west) == -9'223'372'036'836'776'616);
  CHECK(lenient_clock(last.clock_ms, *tokyo) == -9'223'372'036'822'376'616);
  CHECK(pattern.parse("999999999-01-01 00:00:00")->clock_ms == -5'336'598'346'174'303'232);
}
