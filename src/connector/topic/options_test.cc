#include "connector/topic/options.h"

#include <doctest/doctest.h>

#include <map>

#include "base/error.h"
#include "exec/testing/memory.h"

namespace millrace::connector {

TEST_CASE("servers are told apart by commas, with spaces or without") {
  auto table = exec::testing::make_table("t", {{{"n", Type::of(TypeKind::integer)}}});
  table->options["properties.bootstrap.servers"] = {"a:9092, b:9092", {}};
  CHECK(foreign_servers(*table, {"b:9092"}).empty());
  CHECK(foreign_servers(*table, {"c:9092"}) == "a:9092, b:9092");
}

TEST_CASE("offsets that are none, topics that are none, are errors with the form they need") {
  const auto fault = [](std::map<std::string, std::string> options) -> std::string {
    options["format"] = "json";
    auto table = exec::testing::make_table("t", {{{"n", Type::of(TypeKind::integer)}}});
    for (const auto& [key, value] : options) {
      table->options[key] = {value, {}};
    }
    try {
      TopicOptions::of_source(*table, {});
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  for (const char* offsets :
       {"", "0:1", "partition:0,offset:", "partition:0,offset:-1", "partition:0,offset:1,",
        "partition:0,offset:1;partition:0,offset:2"}) {
    CHECK(fault({{"topic", "t"},
                 {"scan.startup.mode", "specific-offsets"},
                 {"scan.startup.specific-offsets", offsets}})
              .find("of the form 'partition:0,offset:42;partition:1,offset:300'") !=
          std::string::npos);
  }
  CHECK(fault({{"topic", "t"}, {"topic-pattern", "t.*"}}).find("not both") != std::string::npos);
  CHECK(fault({{"topic", ";"}}).find("not neither") != std::string::npos);
  CHECK(fault({{"topic-pattern", "t("}}).find("no regular expression") != std::string::npos);
  CHECK(fault({{"topic", "t;u"}}).empty());
}

}  // namespace millrace::connector
