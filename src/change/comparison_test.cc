#include "change/comparison.h"

#include <doctest/doctest.h>

#include "base/error.h"
#include "column/builder.h"
#include "exec/sink.h"
#include "exec/source.h"
#include "exec/task_context.h"
#include "plan/nodes.h"

namespace millrace::change {

TEST_CASE("rows of both cancel out, whichever comes first") {
  Comparison comparison;
  comparison.add(Side::old_version, "t", false, "a", std::nullopt);
  comparison.add(Side::new_version, "t", false, "b", std::nullopt);
  comparison.add(Side::new_version, "t", false, "a", std::nullopt);
  comparison.add(Side::old_version, "t", false, "b", std::nullopt);
  comparison.add(Side::old_version, "t", false, "c", std::nullopt);
  comparison.add(Side::old_version, "t", false, "c", std::nullopt);
  comparison.add(Side::new_version, "t", false, "c", std::nullopt);
  const auto tables = comparison.tables();
  REQUIRE(tables.size() == 1);
  CHECK(tables[0].equal == 3);
  CHECK(tables[0].only_old == 1);
  CHECK(tables[0].only_new == 0);
  CHECK(tables[0].samples_old == std::vector<std::string>{"c"});
}

TEST_CASE("retractions take rows away; a key has its last row") {
  Comparison comparison;
  comparison.add(Side::old_version, "t", false, "a", std::nullopt);
  comparison.add(Side::old_version, "t", true, "a", std::nullopt);
  comparison.add(Side::new_version, "t", false, "b", std::nullopt);
  comparison.add(Side::old_version, "keyed", false, "1 | x", "1");
  comparison.add(Side::old_version, "keyed", false, "1 | y", "1");
  comparison.add(Side::new_version, "keyed", false, "1 | y", "1");
  comparison.add(Side::new_version, "keyed", false, "2 | z", "2");
  comparison.add(Side::new_version, "keyed", true, "2 | z", "2");
  const auto tables = comparison.tables();
  REQUIRE(tables.size() == 2);
  CHECK(tables[0].table == "keyed");
  CHECK(tables[0].equal == 1);
  CHECK(tables[0].only_old == 0);
  CHECK(tables[0].only_new == 0);
  CHECK(tables[1].equal == 0);
  CHECK(tables[1].only_old == 0);
  CHECK(tables[1].samples_new == std::vector<std::string>{"b"});
}

TEST_CASE("an empty text is a key; more taken away than was there is no row that both have") {
  Comparison comparison;
  comparison.add(Side::old_version, "keyed", false, "| x", "");
  comparison.add(Side::old_version, "keyed", false, "| y", "");
  comparison.add(Side::new_version, "keyed", false, "| y", "");
  comparison.add(Side::old_version, "taken", true, "a", std::nullopt);
  comparison.add(Side::new_version, "taken", true, "b", std::nullopt);
  const auto tables = comparison.tables();
  REQUIRE(tables.size() == 2);
  CHECK(tables[0].equal == 1);
  CHECK(tables[0].only_old == 0);
  CHECK(tables[1].equal == 0);
}

TEST_CASE("the rows to remember are limited over all tables") {
  Comparison comparison({.rows = 2});
  comparison.add(Side::old_version, "a", false, "1", std::nullopt);
  comparison.add(Side::old_version, "b", false, "1", std::nullopt);
  comparison.add(Side::new_version, "b", false, "1", std::nullopt);
  comparison.add(Side::old_version, "b", false, "2", std::nullopt);
  CHECK_THROWS_WITH_AS(comparison.add(Side::old_version, "c", false, "1", std::nullopt),
                       doctest::Contains("more than 2 rows to remember"), Error);
}

// A row of (id, name).
static Batch row_of(const std::string& name) {
  ColumnBuilder ids(Type::of(TypeKind::integer));
  ColumnBuilder names(Type::string());
  ids.add(int32_t{1});
  names.add_string(name);
  Batch batch;
  batch.columns = {ids.finish(), names.finish()};
  batch.kinds = {RowKind::update_after};
  batch.physical_size = 1;
  return batch;
}

static std::unique_ptr<exec::Sink> sink_of(ComparedConnectors& connectors, const plan::Sink& node) {
  exec::TaskContext task(nullptr, "sink-1", nullptr);
  return connectors.make_sink(node, task);
}

// The row, published.
static void write(ComparedConnectors& connectors, const plan::Sink& node, const std::string& name) {
  const auto sink = sink_of(connectors, node);
  sink->write(row_of(name));
  sink->publish(Epoch(1), sink->prepare(Epoch(1)));
}

static plan::Sink keyed_table() {
  catalog::Table table;
  table.name = "t";
  table.columns = {{.name = "made", .type = {}, .kind = catalog::ColumnKind::computed},
                   {.name = "id", .type = Type::of(TypeKind::integer, false)},
                   {.name = "name", .type = Type::string()}};
  table.primary_key = {1};
  plan::Sink node;
  node.table = std::make_shared<const catalog::Table>(std::move(table));
  return node;
}

TEST_CASE("rows that are not yet published are limited, too") {
  const plan::Sink node = keyed_table();
  Comparison comparison({.held_bytes = 3'000});
  ComparedConnectors connectors(nullptr, &comparison, Side::old_version);
  const std::string row(2'000, 'x');
  write(connectors, node, row);
  sink_of(connectors, node)->write(row_of(row));  // given up before it is published
  const auto sink = sink_of(connectors, node);
  sink->write(row_of(row));
  CHECK_THROWS_WITH_AS(sink->write(row_of(row)),
                       doctest::Contains("an epoch's results take more than 3000 bytes"), Error);
}

TEST_CASE("a key behind a computed column is found in the rows, which have none") {
  const plan::Sink node = keyed_table();
  Comparison comparison;
  ComparedConnectors of_old(nullptr, &comparison, Side::old_version);
  ComparedConnectors of_new(nullptr, &comparison, Side::new_version);
  write(of_old, node, "first");
  write(of_old, node, "last");
  write(of_new, node, "last");
  const auto tables = comparison.tables();
  REQUIRE(tables.size() == 1);
  CHECK(tables[0].equal == 1);
  CHECK(tables[0].only_old == 0);
}

}  // namespace millrace::change
