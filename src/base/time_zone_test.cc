#include "base/time_zone.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "base/time.h"

namespace millrace {

namespace {

int64_t ms(std::string_view text) { return parse_iso8601(text)->ms; }
std::string text(int64_t at) { return to_iso8601(Timestamp{at}); }

}  // namespace

TEST_CASE("offsets and UTC need no rules") {
  CHECK(TimeZone::find("UTC")->is_utc());
  CHECK(TimeZone::find("GMT+08:00")->offset_ms(0) == 8 * 3'600'000);
  CHECK(TimeZone::find("GMT-5:30")->offset_ms(0) == -5 * 3'600'000 - 30 * 60'000);
  CHECK_THROWS_AS(TimeZone::find("UTC+8"), Error);
  CHECK_THROWS_AS(TimeZone::find("Mars/Olympus"), Error);
  CHECK_THROWS_AS(TimeZone::find("../../etc/passwd"), Error);
}

TEST_CASE("an hour that is left out, and one that comes twice") {
  const auto berlin = TimeZone::find("Europe/Berlin");
  CHECK(text(berlin->to_local(ms("2026-03-29T00:59:59Z"))) == "2026-03-29T01:59:59.000Z");
  CHECK(text(berlin->to_local(ms("2026-03-29T01:00:00Z"))) == "2026-03-29T03:00:00.000Z");
  CHECK(text(berlin->to_instant(ms("2026-03-29T02:30:00Z"))) == "2026-03-29T01:30:00.000Z");
  CHECK(text(berlin->to_instant(ms("2026-10-25T02:30:00Z"))) == "2026-10-25T00:30:00.000Z");
  CHECK(text(berlin->to_instant(ms("2026-07-01T12:00:00Z"))) == "2026-07-01T10:00:00.000Z");
}

TEST_CASE("the clock of windows never goes back") {
  const auto berlin = TimeZone::find("Europe/Berlin");
  CHECK(text(berlin->last_passed(ms("2026-10-25T00:30:00Z"))) == "2026-10-25T01:59:59.999Z");
  CHECK(text(berlin->last_passed(ms("2026-10-25T01:30:00Z"))) == "2026-10-25T02:30:00.000Z");
  CHECK(text(berlin->passed_at(ms("2026-10-25T02:30:00Z"))) == "2026-10-25T01:30:00.000Z");
  CHECK(text(berlin->passed_at(ms("2026-03-29T02:30:00Z"))) == "2026-03-29T01:00:00.000Z");
  int64_t before = INT64_MIN;
  for (int64_t at = ms("2026-01-01T00:00:00Z"); at < ms("2027-01-01T00:00:00Z"); at += 600'000) {
    const int64_t now = berlin->last_passed(at);
    CHECK(now >= before);
    CHECK(berlin->passed_at(now) <= at);
    before = now;
  }
}

TEST_CASE("rules go on behind the last change that is written down") {
  const auto york = TimeZone::find("America/New_York");
  CHECK(york->offset_ms(ms("2191-07-01T00:00:00Z")) == -4 * 3'600'000);
  CHECK(york->offset_ms(ms("2191-12-01T00:00:00Z")) == -5 * 3'600'000);
  CHECK_THROWS_AS(TimeZone::read("x", "TZif2"), Error);
}

}  // namespace millrace
