#include "base/time.h"

#include <doctest/doctest.h>

namespace millrace {

TEST_CASE("durations have the units of Flink's, in any case") {
  const auto ms = [](std::string_view text) { return parse_duration(text)->ms(); };
  CHECK(ms("250 ms") == 250);
  CHECK(ms("250") == 250);
  CHECK(ms("10MIN") == 600'000);
  CHECK(ms("3 m") == 180'000);
  CHECK(ms("2 h") == 7'200'000);
  CHECK(ms("1 HOUR") == 3'600'000);
  CHECK(ms("1 Day") == 86'400'000);
  CHECK(ms("2 D") == 172'800'000);
  CHECK(ms("7 Secs") == 7'000);
  CHECK(parse_duration("5 µS")->ns == 5'000);
  CHECK(parse_duration("5 micros")->ns == 5'000);
  CHECK(parse_duration("5 NANOS")->ns == 5);
  for (const char* none : {"1 hr", "1 hrs", "1 mins", "1 us", "1 w", "h", "-1 s", "1.5 s", ""}) {
    CAPTURE(none);
    CHECK(!parse_duration(none));
  }
}

}  // namespace millrace
