#include "connector/datagen/source.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "exec/testing/life.h"
#include "exec/testing/memory.h"
#include "exec/testing/world.h"
#include "function/evaluate.h"

namespace millrace::connector {

namespace {

using Options = std::map<std::string, std::string>;

// A table of one column "f", all of whose rows may be made at once.
struct Setup {
  explicit Setup(const Type& type, const Options& options = {}) {
    table = exec::testing::make_table("t", {{{"f", type}}});
    table->options["number-of-rows"] = {"1000", {}};
    table->options["rows-per-second"] = {"1000000", {}};
    for (const auto& [key, value] : options) {
      table->options[key] = {value, {}};
    }
    scan.table = table;
    scan.read = {0};
  }
  std::string checkpoint() const { return life ? life->store.snapshot() : ""; }
  void restart() { start(checkpoint()); }
  void start(const std::string& from) {
    source.reset();
    life.emplace(world.get(), "scan-0", from);
    source = std::make_unique<DatagenSource>(scan, DatagenOptions::from(*table), life->context);
  }
  // What can be had now.
  std::vector<std::string> some() {
    std::vector<std::string> values;
    while (true) {
      const exec::Polled polled = source->poll();
      state = polled.state;
      if (state != exec::Polled::State::rows) {
        return values;
      }
      for (uint32_t row = 0; row < polled.rows.physical_size; ++row) {
        const Column& column = polled.rows.columns[0];
        values.push_back(column.is_null(row) ? "NULL" : function::to_text(column, row));
      }
    }
  }
  std::vector<std::string> all() {
    restart();
    std::vector<std::string> values = some();
    world.clock.advance(Duration::seconds(1));
    for (std::string& value : some()) {
      values.push_back(std::move(value));
    }
    CHECK(state == exec::Polled::State::finished);
    return values;
  }

  exec::testing::TestWorld world;
  std::shared_ptr<catalog::Table> table;
  plan::Scan scan;
  std::optional<exec::testing::Life> life;
  std::unique_ptr<DatagenSource> source;
  exec::Polled::State state = exec::Polled::State::idle;
};

size_t distinct(const std::vector<std::string>& values) {
  return std::set<std::string>(values.begin(), values.end()).size();
}

std::string error_of(const Type& type, const Options& options) {
  try {
    Setup(type, options).restart();
  } catch (const Error& error) {
    return error.message();
  }
  return "";
}

}  // namespace

TEST_CASE("made-up numbers lie between min and max and reach both") {
  Setup setup(Type::of(TypeKind::integer), {{"fields.f.min", "-2"}, {"fields.f.max", "3"}});
  const auto values = setup.all();
  CHECK(values.size() == 1000);
  CHECK(std::set<std::string>(values.begin(), values.end()) ==
        std::set<std::string>{"-2", "-1", "0", "1", "2", "3"});
  Setup decimals(Type::decimal(20, 2), {{"fields.f.min", "1.25"}, {"fields.f.max", "1.26"}});
  CHECK(distinct(decimals.all()) == 2);
  CHECK(distinct(Setup(Type::of(TypeKind::bigint)).all()) == 1000);
  CHECK(distinct(Setup(Type::decimal(38, 0)).all()) == 1000);
  for (const std::string& value :
       Setup(Type::of(TypeKind::double_), {{"fields.f.min", "2"}, {"fields.f.max", "3"}}).all()) {
    CHECK(value.starts_with("2."));
  }
}

TEST_CASE("strings have their length, and so do their kinds") {
  for (const std::string& value : Setup(Type::string()).all()) {
    CHECK(value.size() == 100);
  }
  for (const std::string& value :
       Setup(Type::string(), {{"fields.f.length", "5"}, {"fields.f.var-len", "true"}}).all()) {
    CHECK((value.size() >= 1 && value.size() <= 5));
    CHECK(value.find_first_not_of("0123456789abcdef") == std::string::npos);
  }
  CHECK(Setup(Type::with_length(TypeKind::char_, 7)).all()[0].size() == 7);
  CHECK(Setup(Type::with_length(TypeKind::varchar, 9)).all()[0].size() == 9);
}

TEST_CASE("a sequence ends, and goes on where it was after a restart") {
  Setup setup(Type::string(), {{"fields.f.kind", "sequence"},
                               {"fields.f.start", "8"},
                               {"fields.f.end", "11"},
                               {"rows-per-second", "2"}});
  setup.restart();
  CHECK(setup.some() == std::vector<std::string>{"8"});
  CHECK(setup.state == exec::Polled::State::idle);
  CHECK(setup.source->wake_at() == setup.world.clock.monotonic() + Duration::milliseconds(500));
  setup.world.clock.advance(Duration::milliseconds(500));
  CHECK(setup.some() == std::vector<std::string>{"9"});
  setup.restart();
  CHECK(setup.some() == std::vector<std::string>{"10"});
  setup.world.clock.advance(Duration::seconds(9));
  CHECK(setup.some() == std::vector<std::string>{"11"});
  CHECK(setup.state == exec::Polled::State::finished);
}

TEST_CASE("a row that comes due between being asked for and asking for when wakes at once") {
  Setup setup(Type::of(TypeKind::bigint), {{"rows-per-second", "2"}});
  setup.restart();
  setup.some();
  CHECK(setup.state == exec::Polled::State::idle);
  setup.world.clock.advance(Duration::milliseconds(500));
  CHECK(setup.source->wake_at() == setup.world.clock.monotonic());
}

TEST_CASE("the same rows are made again after a crash") {
  Setup setup(Type::of(TypeKind::bigint), {{"rows-per-second", "10"}});
  setup.restart();
  const auto first = setup.some();
  setup.world.clock.advance(Duration::seconds(1));
  const std::string checkpoint = setup.checkpoint();
  const auto lost = setup.some();
  REQUIRE(lost.size() == 10);
  setup.start(checkpoint);
  setup.world.clock.advance(Duration::milliseconds(900));
  CHECK(setup.some() == lost);
}

TEST_CASE("as fast as it goes is a rate like others") {
  Setup setup(Type::of(TypeKind::bigint), {{"rows-per-second", "9223372036854775807"}});
  setup.restart();
  CHECK(setup.some().size() == 1);
  setup.world.clock.advance(Duration::seconds(100));
  CHECK(setup.some().size() == 999);
  CHECK(setup.state == exec::Polled::State::finished);
}

TEST_CASE("what a batch takes is bounded, however large its rows") {
  Setup setup(Type::string(), {{"fields.f.length", "1000000"}, {"number-of-rows", "20"}});
  setup.restart();
  setup.world.clock.advance(Duration::seconds(1));
  CHECK(setup.source->poll().rows.physical_size == 16);
  CHECK(setup.source->poll().rows.physical_size == 4);
  CHECK(error_of(Type::array(Type::array(Type::of(TypeKind::bigint))),
                 {{"fields.f.length", "10000"}, {"fields.f.element.length", "10000"}}) ==
        "a row of table 't' would take 762 MiB; 'datagen' makes rows of at most 16: shorten its "
        "strings or arrays");
}

TEST_CASE("NULLs come as often as asked for, times are of the past") {
  const auto values = Setup(Type::of(TypeKind::integer), {{"fields.f.null-rate", "0.25"}}).all();
  const auto nulls = std::count(values.begin(), values.end(), "NULL");
  CHECK((nulls > 150 && nulls < 350));
  for (const std::string& value : Setup(Type::timestamp(3), {{"fields.f.max-past", "1 h"}}).all()) {
    CHECK((value > "2025-12-31 23:00" && value <= "2026-01-01 00:00:01.000"));
  }
  CHECK(Setup(Type::of(TypeKind::date)).all()[0] == "2026-01-01");
}

TEST_CASE("rows and arrays are made of their parts") {
  const Type type = Type::row(
      {{"n", Type::of(TypeKind::integer)}, {"many", Type::array(Type::of(TypeKind::boolean))}});
  const auto values = Setup(type, {{"fields.f.n.kind", "sequence"},
                                   {"fields.f.n.start", "1"},
                                   {"fields.f.n.end", "2"},
                                   {"fields.f.many.length", "1"}})
                          .all();
  REQUIRE(values.size() == 2);
  CHECK((values[1] == "(2, [TRUE])" || values[1] == "(2, [FALSE])"));
}

TEST_CASE("an option that makes no sense is refused by its name") {
  const Type integer = Type::of(TypeKind::integer);
  CHECK(error_of(integer, {{"fields.f.mni", "1"}}) ==
        "unknown option 'fields.f.mni' of connector 'datagen' (did you mean 'fields.f.min'?)");
  CHECK(error_of(integer, {{"fields.g.min", "1"}}).starts_with("unknown option 'fields.g.min'"));
  CHECK(error_of(integer, {{"fields.f.min", "x"}}) ==
        "option 'fields.f.min' is 'x'; expected a value of INT");
  CHECK(error_of(integer, {{"fields.f.min", "2"}, {"fields.f.max", "1"}}) ==
        "option 'fields.f.min' is '2'; there is no value from min to max");
  CHECK(error_of(integer, {{"fields.f.kind", "sequence"}}) ==
        "table 't' needs the option 'fields.f.start'");
  CHECK(error_of(Type::of(TypeKind::integer, false), {{"fields.f.null-rate", "0.5"}}) ==
        "option 'fields.f.null-rate' is '0.5'; the column is NOT NULL");
  CHECK(error_of(Type::string(), {{"fields.f.length", "0"}}) ==
        "option 'fields.f.length' is '0'; expected a number from 1 on");
  CHECK(error_of(integer, {{"rows-per-second", "0"}}) ==
        "option 'rows-per-second' is '0'; expected 1 or more");
}

}  // namespace millrace::connector
