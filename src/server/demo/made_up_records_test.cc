#include "server/demo/made_up_records.h"

#include <doctest/doctest.h>

#include <map>

#include "base/error.h"
#include "base/json.h"
#include "server/demo/systems.h"

namespace millrace::server {

namespace {

DemoSettings settings_of(const System& system) {
  Settings settings;
  apply_demo_section(system.generator_path(), system.generator, settings);
  return settings.demo;
}

MadeUpRecords made_up(const System& system, uint64_t seed) {
  const Generator generator = read_generator(system.generator_path(), system.generator);
  return {Random(seed), generator.recipes.front(), settings_of(system)};
}

Recipe recipe_of(const std::string& fields, const std::string& faults = "[]") {
  return read_generator("generator.toml",
                        "about = 'a'\ntry = []\n[[records]]\ntopic = 't'\n"
                        "time = 'at'\nfields = [" +
                            fields + "]\nfaults = " + faults)
      .recipes.front();
}

bool is_valid(const std::string& event) {
  if (event.back() != '}') {
    return false;
  }
  const Json json = Json::parse(event);
  const Json* duration = json.find("duration_seconds");
  return !json.at("msisdn").as_string().empty() &&
         json.at("event_type").as_string() != "telegram" &&
         (duration == nullptr || duration->as_double() >= 0);
}

}  // namespace

TEST_CASE("made-up events have the shares that were asked for") {
  const Timestamp now = *parse_iso8601("2025-11-01T10:00:00Z");
  MadeUpRecords events = made_up(find_system("telecom-events"), 7);
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
    const Timestamp at = *events.time_of(event);
    CHECK(at <= now);
    late += at < now - Duration::seconds(60) ? 1 : 0;
    CHECK((json.find("data_mb") != nullptr) ==
          (json.at("event_type").as_string() == "data_session"));
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

TEST_CASE("every system's generator makes records with a time, the same ones for the same seed") {
  for (const System& system : systems()) {
    CAPTURE(system.name);
    const Generator generator = read_generator(system.generator_path(), system.generator);
    for (const Recipe& recipe : generator.recipes) {
      DemoSettings good = settings_of(system);
      good.bad_per_thousand = 0;
      MadeUpRecords a(Random(3), recipe, good);
      MadeUpRecords b(Random(3), recipe, good);
      for (int i = 0; i < 100; ++i) {
        const std::string record = a.next(Timestamp{i * 1'000'000});
        CHECK(record == b.next(Timestamp{i * 1'000'000}));
        CHECK(Json::parse(record).is_object());
        CHECK(a.time_of(record).has_value());
      }
    }
  }
}

TEST_CASE("fields are made from fields before them") {
  MadeUpRecords records(Random(1),
                        recipe_of("{ name = 'n', between = [60, 60] }, "
                                  "{ name = 'cost', scale = 'n', by = 0.5, decimals = 2 }, "
                                  "{ name = 'at', time = 'sql' }, "
                                  "{ name = 'end', time = 'sql', after = 'n' }"),
                        DemoSettings());
  CHECK(records.next(*parse_iso8601("2025-11-01T10:00:00Z")) ==
        R"({"n":60,"cost":30.00,"at":"2025-11-01 10:00:00","end":"2025-11-01 10:01:00"})");
}

TEST_CASE("each fault spoils a record in its own way") {
  DemoSettings all_bad;
  all_bad.bad_per_thousand = 1000;
  const std::string fields = "{ name = 'n', between = [7, 7] }, { name = 'at', time = 'sql' }";
  const auto spoiled = [&](const std::string& fault) {
    MadeUpRecords records(Random(1), recipe_of(fields, "[{ " + fault + " }]"), all_bad);
    return records.next(Timestamp{0});
  };
  CHECK(spoiled("negate = 'n'") == R"({"n":-7,"at":"1970-01-01 00:00:00"})");
  CHECK(spoiled("negate = 'm'") == R"({"n":7,"at":"1970-01-01 00:00:00","m":-1})");
  CHECK(spoiled("remove = 'n'") == R"({"at":"1970-01-01 00:00:00"})");
  CHECK(spoiled("set = 'n', to = 'x'") == R"({"n":"x","at":"1970-01-01 00:00:00"})");
  CHECK(spoiled("cut = true") == R"({"n":7,"at":"1970)");
}

TEST_CASE("a mistake in a generator file is named with its place") {
  const auto message = [](const std::string& fields) -> std::string {
    try {
      recipe_of(fields);
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  };
  CHECK(message("{ name = 'a', chose = ['x'] }").find("a field says how it is made") !=
        std::string::npos);
  CHECK(message("{ name = 'a', count = 'x', wher = 'b' }").find("'where'") != std::string::npos);
  CHECK(message("{ name = 'a', scale = 'b', by = 2 }").find("'b', which is not made before it") !=
        std::string::npos);
  CHECK_THROWS_AS(find_system("telecom"), Error);
}

}  // namespace millrace::server
