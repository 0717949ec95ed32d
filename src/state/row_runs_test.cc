#include "state/row_runs.h"

#include <doctest/doctest.h>

#include "column/builder.h"
#include "state/table_store.h"

namespace millrace::state {

namespace {

RowRunsShape shape() {
  const Type number = Type::of(TypeKind::bigint);
  return {.types = {number, number}, .key = {0}, .elements = 2};
}

uint32_t add(RowRuns& runs, int64_t key, int64_t value) {
  std::vector<Column> columns;
  for (const int64_t number : {key, value}) {
    ColumnBuilder column(Type::of(TypeKind::bigint));
    column.add(number);
    columns.push_back(column.finish());
  }
  RowBuffer buffer(&runs.layout());
  buffer.read(columns, Rows(1));
  return runs.add(buffer[0], runs.hash(buffer[0]));
}

int64_t value_of(const RowRuns& runs, RowRef row) {
  return runs.layout().value<int64_t>(runs.rows().row(row), 1);
}

}  // namespace

TEST_CASE("a key's rows are kept from its first run on, over a restart") {
  auto store = std::make_unique<TableStore>();
  RowRuns* runs = &store->row_runs("r", shape());
  const uint32_t ann = add(*runs, 1, 10);
  add(*runs, 2, 90);
  for (int64_t value = 11; value < 15; ++value) {
    CHECK(add(*runs, 1, value) == ann);
  }
  runs->group(ann).open.push_back({2, 1, {1, 2}, {}});
  runs->group(ann).complete.push_back({3, 0, {1, 0}, {}});
  std::vector<RowRef> gone;
  runs->trim(ann, gone);
  CHECK(gone.size() == 2);
  for (const RowRef row : gone) {
    runs->release(row);
  }

  store = std::make_unique<TableStore>(store->snapshot());
  runs = &store->row_runs("r", shape());
  const uint32_t again = add(*runs, 1, 15);
  const RowRuns::Group& group = runs->group(again);
  REQUIRE(group.open.size() == 1);
  REQUIRE(group.complete.size() == 1);
  const RowRun& run = group.open.front();
  CHECK(run.size() == 3);
  CHECK(value_of(*runs, group.row(run.start)) == 12);
  CHECK(value_of(*runs, group.row(run.start_of(1))) == 13);
  CHECK(group.complete.front().start == run.start + 1);
  CHECK(value_of(*runs, group.row(group.end() - 1)) == 15);
}

TEST_CASE("runs of elements that come back know each row's, over a restart") {
  RowRunsShape shape = state::shape();
  shape.runs = RowRunsShape::Runs::paths;
  shape.rows_ahead = 1;
  shape.numbers = true;
  auto store = std::make_unique<TableStore>();
  RowRuns* runs = &store->row_runs("r", shape);
  const uint32_t ann = add(*runs, 1, 10);
  for (int64_t value = 11; value < 15; ++value) {
    add(*runs, 1, value);
  }
  runs->group(ann).open.push_back({2, 0, {}, {0, 1, 0}});
  runs->group(ann).matches = 7;
  std::vector<RowRef> gone;
  runs->trim(ann, gone);
  CHECK(gone.size() == 1);  // one row ahead of the run stays
  runs->release(gone.front());

  store = std::make_unique<TableStore>(store->snapshot());
  runs = &store->row_runs("r", shape);
  const RowRuns::Group& group = runs->group(add(*runs, 1, 15));
  CHECK(group.matches == 7);
  REQUIRE(group.open.size() == 1);
  const RowRun& run = group.open.front();
  CHECK(run.size() == 3);
  CHECK(run.element == 0);
  std::vector<int64_t> values;
  run.for_each_range({0}, [&](uint64_t first, uint64_t count) {
    CHECK(count == 1);
    values.push_back(value_of(*runs, group.row(first)));
  });
  CHECK(values == std::vector<int64_t>{12, 14});
  CHECK(run.first_rows(2).element == 1);
}

TEST_CASE("a key of which a row is kept is not forgotten") {
  RowRunsShape shape = state::shape();
  shape.rows_ahead = 1;
  RowStore rows(shape.types);
  RowRuns runs(shape, &rows);
  const uint32_t number = add(runs, 1, 10);
  CHECK(add(runs, 1, 11) == number);
  std::vector<RowRef> gone;
  runs.trim(number, gone);
  REQUIRE(gone.size() == 1);
  CHECK(value_of(runs, gone.front()) == 10);
  CHECK(runs.has_group(number));
}

TEST_CASE("a key without runs is forgotten") {
  RowStore rows(shape().types);
  RowRuns runs(shape(), &rows);
  const uint32_t number = add(runs, 1, 10);
  std::vector<RowRef> gone;
  runs.trim(number, gone);
  CHECK(gone.size() == 1);
  CHECK(!runs.has_group(number));
  runs.release(gone.front());
  CHECK(add(runs, 2, 11) == number);
  CHECK(runs.rows().size() == 1);
}

}  // namespace millrace::state
