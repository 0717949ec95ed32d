#include "server/demo/telecom_events.h"

#include <doctest/doctest.h>

#include <map>

#include "base/error.h"
#include "base/json.h"

namespace millrace::server {

namespace {

DemoSettings embedded_settings() {
  Settings settings;
  apply_toml("generator.toml", telecom_events_generator_settings(), settings);
  return settings.demo;
}

bool is_valid(const std::string& event) {
  if (event.back() != '}') {
    return false;
  }
  const Json json = Json::parse(event);
  for (const char* measure : {"duration_seconds", "data_mb", "amount"}) {
    const Json* value = json.find(measure);
    if (value != nullptr && value->as_double() < 0) {
      return false;
    }
  }
  return !json.at("msisdn").as_string().empty() && json.at("event_type").as_string() != "telegram";
}

}  // namespace

TEST_CASE("made-up events have the shares that were asked for") {
  const Timestamp now = *parse_iso8601("2025-11-01T10:00:00Z");
  TelecomEvents events(Random(7), embedded_settings());
  std::map<std::string, int> types;
  std::map<std::string, int> regions;
  int bad = 0;
  int late = 0;
  constexpr int kEvents = 20'000;
  for (int i = 0; i < kEvents; ++i) {
    const std::string event = events.next(now);
    if (!is_valid(event)) {
      ++bad;
      continue;
    }
    const Json json = Json::parse(event);
    ++types[json.at("event_type").as_string()];
    ++regions[json.at("region").as_string()];
    const Timestamp at = *time_of_event(event);
    CHECK(at <= now);
    late += at < now - Duration::seconds(60) ? 1 : 0;
  }
  CHECK(bad > 300);  // of 400 expected
  CHECK(bad < 500);
  CHECK(late > 130);  // of 200 expected
  CHECK(late < 270);
  CHECK(types["data_session"] > 11'300);
  CHECK(types["call"] > 4'600);
  CHECK(types["sms"] > 1'700);
  CHECK(types["balance_recharge"] > 800);
  CHECK(regions.size() == 4);
}

TEST_CASE("the same seed makes the same events") {
  TelecomEvents a(Random(3), embedded_settings());
  TelecomEvents b(Random(3), embedded_settings());
  for (int i = 0; i < 100; ++i) {
    CHECK(a.next(Timestamp{i}) == b.next(Timestamp{i}));
  }
  CHECK(!time_of_event("{\"a\":1}"));
}

}  // namespace millrace::server
