#include <doctest/doctest.h>

#include "base/error.h"
#include "connector/topic/source.h"
#include "connector/topic/testing/clicks.h"
#include "function/evaluate.h"

namespace millrace::connector {

using testing::settle;
using testing::Setup;
using testing::spec_of;

TEST_CASE("columns of the key alone are read from it") {
  Setup setup;
  setup.produce_keyed(R"({"who":"ann"})", R"({"n":1,"who":"not this"})");
  setup.produce_keyed(std::nullopt, R"({"n":2})");
  setup.produce_keyed("bad", R"({"n":3})");
  setup.produce_keyed(R"({"who":"bob"})", R"([{"n":4},{"n":5}])");
  setup.produce_keyed(R"({"who":"cid"})", std::nullopt);
  exec::Pipeline pipeline(spec_of({{"scan.startup.mode", "earliest-offset"},
                                   {"key.fields", "who"},
                                   {"key.format", "json"},
                                   {"value.fields-include", "EXCEPT_KEY"}}),
                          setup, setup.world.get());
  settle(pipeline);
  CHECK(setup.rows() == std::vector<std::string>{"ann 0 0 1", "bob 0 3 4", "bob 0 3 5"});
  CHECK(setup.letters().size() == 2);
}

TEST_CASE("errors are ignored in keys or in values, as each one's format says") {
  Setup setup;
  auto spec = spec_of({{"scan.startup.mode", "earliest-offset"},
                       {"key.fields", "who"},
                       {"key.format", "json"},
                       {"key.json.ignore-parse-errors", "true"},
                       {"value.fields-include", "EXCEPT_KEY"}});
  spec.dead_letters = nullptr;  // so that the first that is not ignored ends the pipeline
  setup.produce_keyed(R"({"who":"ann"})", R"({"n":1})");
  setup.produce_keyed("bad", R"({"n":2})");
  setup.produce_keyed(std::nullopt, R"({"n":3})");
  setup.produce_keyed(R"({"who":"bob"})", R"({"n":4})");
  exec::Pipeline pipeline(spec, setup, setup.world.get());
  settle(pipeline);
  CHECK(setup.rows() == std::vector<std::string>{"ann 0 0 1", "bob 0 3 4"});
  setup.produce_keyed(R"({"who":"cid"})", "bad");
  CHECK_THROWS_WITH_AS(settle(pipeline), doctest::Contains("JSON"), Error);
}

TEST_CASE("a prefix tells a key's columns from the value's") {
  Setup setup;
  setup.produce_keyed(R"({"ho":"ann"})", R"({"n":1})");
  exec::Pipeline pipeline(spec_of({{"scan.startup.mode", "earliest-offset"},
                                   {"key.fields", "who"},
                                   {"key.fields-prefix", "w"},
                                   {"key.format", "json"},
                                   {"value.fields-include", "EXCEPT_KEY"}}),
                          setup, setup.world.get());
  settle(pipeline);
  CHECK(setup.rows() == std::vector<std::string>{"ann 0 0 1"});
}

TEST_CASE("of keyed changes each row has the kind that its value says, and the key of its record") {
  Setup setup;
  setup.produce_keyed(R"({"who":"ann"})", R"({"before":null,"after":{"n":1},"op":"c"})");
  setup.produce_keyed(R"({"who":"bob"})", R"({"before":{"n":1},"after":{"n":2},"op":"u"})");
  setup.produce_keyed(R"({"who":"cid"})", std::nullopt);  // follows a deletion, and says no more
  setup.produce_keyed(R"({"who":"dan"})", R"({"before":{"n":2},"after":null,"op":"d"})");
  setup.produce_keyed(R"({"who":"eva"})", R"({"before":null,"after":{"n":3},"op":"?"})");
  setup.produce_keyed(R"({"who":"fay"})", R"({"before":null,"after":{"n":4},"op":"r"})");
  setup.produce_keyed("bad", R"({"before":null,"after":{"n":5},"op":"c"})");
  const auto spec = spec_of({{"key.format", "json"},
                             {"key.fields", "who"},
                             {"value.fields-include", "EXCEPT_KEY"},
                             {"scan.startup.mode", "earliest-offset"}});
  auto* scan = static_cast<plan::Scan*>(spec.plan->nodes.front().get());
  auto table = std::make_shared<catalog::Table>(*scan->table);
  table->options["connector"] = {"kafka", {}};
  table->options["format"] = {"debezium-json", {}};
  scan->table = table;
  state::TableStore state;
  exec::Task facts{"p", {}, setup.world.get(), &state, false};
  exec::OperatorCounts counts;
  exec::TaskContext task(&facts, "scan-1", &counts);
  TopicSource source(*scan, TopicOptions::of_source(*table, {}), task, *setup.store, nullptr, 2);
  exec::Polled polled;
  while (polled.rows.empty()) {
    polled = source.poll();
  }
  std::vector<std::string> rows;
  for (uint32_t row = 0; row < polled.rows.physical_size; ++row) {
    rows.push_back(std::to_string(static_cast<int>(polled.rows.kind(row))) + " " +
                   function::to_text(polled.rows.columns[0], row) + " " +
                   function::to_text(polled.rows.columns[3], row));
  }
  const auto of = [](RowKind kind, const std::string& rest) {
    return std::to_string(static_cast<int>(kind)) + rest;
  };
  CHECK(rows == std::vector<std::string>{
                    of(RowKind::insert, " ann 1"), of(RowKind::update_before, " bob 1"),
                    of(RowKind::update_after, " bob 2"), of(RowKind::delete_, " dan 2"),
                    of(RowKind::insert, " fay 4")});
  REQUIRE(polled.rejects.size() == 2);
  CHECK(polled.rejects[1].reason.starts_with("the key: "));
}

TEST_CASE("of a table of upserts a record says what its key's row is now, or that it is gone") {
  Setup setup;
  setup.produce_keyed(R"({"who":"ann"})", R"({"who":"ann","n":1})");
  setup.produce_keyed(R"({"who":"ann"})", R"({"who":"ann","n":2})");
  setup.produce_keyed(R"({"who":"ann"})", std::nullopt);
  setup.produce_keyed(std::nullopt, R"({"who":"bob","n":3})");
  auto spec = spec_of({{"key.format", "json"}});
  auto* scan = static_cast<plan::Scan*>(spec.plan->nodes.front().get());
  auto table = std::make_shared<catalog::Table>(*scan->table);
  table->options["connector"] = {"upsert-kafka", {}};
  table->primary_key = {0};
  scan->table = table;
  TopicOptions options = TopicOptions::of_source(*table, {});
  state::TableStore state;
  exec::Task facts{"p", {}, setup.world.get(), &state, false};
  exec::OperatorCounts counts;
  exec::TaskContext task(&facts, "scan-1", &counts);
  TopicSource source(*scan, options, task, *setup.store, nullptr, 2);
  exec::Polled polled;
  while (polled.rows.empty()) {
    polled = source.poll();
  }
  CHECK(polled.rows.kinds ==
        std::vector<RowKind>{RowKind::update_after, RowKind::update_after, RowKind::delete_});
  CHECK(View<StringRef>(polled.rows.columns[0])[2].view() == "ann");
  CHECK(polled.rows.columns[3].is_null(2));
  CHECK(View<int32_t>(polled.rows.columns[3])[1] == 2);
  REQUIRE(polled.rejects.size() == 1);
  CHECK(polled.rejects[0].reason == "the record has no key");
}

}  // namespace millrace::connector
