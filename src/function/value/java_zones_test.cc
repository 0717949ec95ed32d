#include "function/value/java_zones.h"

#include <doctest/doctest.h>

#include "base/error.h"

using namespace millrace;
using namespace millrace::function;

TEST_CASE("a zone that there is not is UTC, and rules that cannot be read are an error") {
  const auto failing_with = [](ErrorCode code) {
    return JavaZones([code](std::string_view name) {
      return name == "UTC" ? TimeZone::find(name) : throw Error(code, "no zone");
    });
  };
  CHECK(failing_with(ErrorCode::invalid_argument).of("Nowhere/City")->name() == "UTC");
  for (const ErrorCode code : {ErrorCode::not_found, ErrorCode::corrupt}) {
    CHECK_THROWS_AS(failing_with(code).of("Europe/Berlin"), Error);
  }
}

TEST_CASE("a zone is found once, by the name that Java has it by") {
  std::vector<std::string> asked;
  JavaZones zones([&](std::string_view name) {
    asked.emplace_back(name);
    return TimeZone::find("UTC");
  });
  for (const std::string_view name : {"PST", "GMT+2", "+02:00", "PST", "GMT+2", "+02:00"}) {
    zones.of(name);
  }
  CHECK(asked == std::vector<std::string>{"America/Los_Angeles", "GMT+02:00", "UTC"});
}

TEST_CASE("names from data do not fill the memory with zones") {
  size_t asked = 0;
  JavaZones zones([&](std::string_view) {
    ++asked;
    return TimeZone::find("UTC");
  });
  for (int i = 0; i < 2000; ++i) {
    zones.of("Zone" + std::to_string(i));
  }
  zones.of("Zone0");
  CHECK(asked == 2001);
}
