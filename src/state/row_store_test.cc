#include "state/row_store.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include "base/error.h"
#include "column/nested_bytes.h"
#include "io/simulated_files.h"
#include "state/table_store.h"

namespace millrace::state {

namespace {

Column texts(const std::vector<std::string>& values) {
  ColumnBuilder builder(Type::string());
  for (const std::string& value : values) {
    if (value == "-") {
      builder.add_null();
    } else {
      builder.add_string(value);
    }
  }
  return builder.finish();
}

Column numbers(const std::vector<int64_t>& values) {
  ColumnBuilder builder(Type::of(TypeKind::bigint));
  for (const int64_t value : values) {
    builder.add(value);
  }
  return builder.finish();
}

const std::vector<Type> kTypes = {Type::string(), Type::of(TypeKind::bigint),
                                  Type::of(TypeKind::smallint)};

std::vector<Column> small(size_t size) {
  ColumnBuilder builder(Type::of(TypeKind::smallint));
  for (size_t i = 0; i < size; ++i) {
    builder.add(static_cast<int16_t>(i));
  }
  return {builder.finish()};
}

RowRef add(RowStore& store, const std::string& text, int64_t number) {
  RowBuffer buffer(&store.layout());
  const std::vector<Column> columns = {texts({text}), numbers({number}), small(1)[0]};
  buffer.read(columns, Rows(1));
  return store.add(buffer[0]);
}

std::string text_of(const RowStore& store, RowRef row) {
  const std::vector<Column> columns = store.gather(std::vector<RowRef>{row});
  return columns[0].is_null(0) ? "-" : std::string(View<StringRef>(columns[0])[0].view());
}

}  // namespace

TEST_CASE("rows come back as columns, NULLs where there is no row") {
  RowStore store(kTypes);
  const std::string longer(300, 'x');
  const std::string longest(5000, 'y');
  const std::vector<RowRef> rows = {add(store, "ann", 1), kNoRow, add(store, "-", -2),
                                    add(store, longer, 3), add(store, longest, 4)};
  const std::vector<Column> columns = store.gather(rows);
  const View<StringRef> text(columns[0]);
  CHECK(text[0].view() == "ann");
  CHECK(text.is_null(1));
  CHECK(text.is_null(2));
  CHECK(text[3].view() == longer);
  CHECK(text[4].view() == longest);
  CHECK(View<int64_t>(columns[1])[2] == -2);
  CHECK(columns[1].is_null(1));
  CHECK(!columns[1].is_null(2));

  // What was gathered outlives the rows.
  for (const RowRef row : rows) {
    if (row.is_row()) {
      store.remove(row);
    }
  }
  add(store, std::string(300, 'z'), 5);
  CHECK(text[3].view() == longer);
}

namespace {

void check_come_and_go(size_t steps_in_memory) {
  std::mt19937 random(7);
  io::SimulatedFiles files(1);
  files.make_directories("spilled");
  SpillSpace space(&files, "spilled", 100'000);
  TableStore tables;
  tables.spill_to(&space);
  RowStore& store = tables.rows("rows", kTypes, 8);
  tables.begin_tracking();
  std::map<uint32_t, std::string> expected;
  for (int step = 0; step < 20'000; ++step) {
    if (static_cast<size_t>(step) % steps_in_memory == steps_in_memory - 1) {
      Entries changes([](std::string_view) {});
      store.save_changes(changes);
      const size_t before = store.memory();
      tables.spill(step % 3 == 0 ? SIZE_MAX : 5000);
      CHECK(store.memory() < before);
      CHECK(tables.spilled() > 0);
    }
    store.let_read_rows_go();
    if (expected.empty() || random() % 5 < 3) {
      const std::string text(random() % 8 == 0 ? random() % 3000 : random() % 60,
                             static_cast<char>('a' + step % 26));
      const RowRef row = add(store, text, step);
      REQUIRE(expected.emplace(row.number, text).second);
      const uint32_t header = row.number * 3;
      std::memcpy(store.header(row) + 4, &header, 4);
    } else {
      auto gone = expected.lower_bound(static_cast<uint32_t>(random() % 5000));
      gone = gone == expected.end() ? expected.begin() : gone;
      if (random() % 4 == 0) {
        RowBuffer buffer(&store.layout());
        gone->second = "replaced by " + std::to_string(step);
        const std::vector<Column> columns = {texts({gone->second}), numbers({1}), small(1)[0]};
        buffer.read(columns, Rows(1));
        store.replace({gone->first}, buffer[0]);
      } else {
        store.remove({gone->first});
        expected.erase(gone);
      }
    }
  }
  TableStore after(tables.snapshot());
  after.spill_to(&space);
  RowStore& restored = after.rows("rows", kTypes, 8);
  CHECK(restored.size() == expected.size());
  CHECK(after.spilled() > 0);  // there was not enough room for them
  size_t seen = 0;
  restored.for_each([&](RowRef row) {
    REQUIRE(text_of(restored, row) == expected.at(row.number));
    uint32_t header;
    std::memcpy(&header, restored.header(row) + 4, 4);
    REQUIRE(header == row.number * 3);
    ++seen;
  });
  CHECK(seen == expected.size());
  // A number that was free is given out again, and none that is in use.
  for (int i = 0; i < 3000; ++i) {
    REQUIRE(expected.emplace(add(restored, "new", i).number, "new").second);
  }
}

}  // namespace

TEST_CASE("rows that come and go keep their contents, and their numbers over a checkpoint") {
  check_come_and_go(SIZE_MAX);
}

TEST_CASE("rows that come and go do so where they leave memory in between") {
  check_come_and_go(100);
  check_come_and_go(1500);
}

TEST_CASE("all rows are removed at once, those that have left memory too") {
  io::SimulatedFiles files(1);
  files.make_directories("spilled");
  SpillSpace space(&files, "spilled", 100'000);
  TableStore tables;
  tables.spill_to(&space);
  RowStore& store = tables.rows("rows", kTypes);
  for (int round = 0; round < 3; ++round) {
    tables.begin_tracking();
    for (int i = 0; i < 1000; ++i) {
      CHECK(add(store, std::string(30, 'x'), i).number == static_cast<uint32_t>(i));
    }
    Entries written([](std::string_view) {});
    store.save_changes(written);
    if (round > 0) {
      store.spill(20'000);
      CHECK(store.spilled() > 0);
    }
    store.remove_all();
    CHECK(store.size() == 0);
    CHECK(store.spilled() == 0);
    CHECK(store.changed() == 1000);
    Entries gone([](std::string_view) {});
    store.save_changes(gone);
    CHECK(gone.bytes() < 4000);
    store.for_each([](RowRef) { FAIL("a row is left"); });
  }
}

TEST_CASE("which numbers are used again is the same after a checkpoint") {
  TableStore before;
  RowStore& store = before.rows("rows", kTypes);
  std::mt19937 random(11);
  std::vector<RowRef> rows;
  for (int i = 0; i < 10'000; ++i) {
    rows.push_back(add(store, "text", i));
  }
  std::shuffle(rows.begin(), rows.end(), random);
  for (int i = 0; i < 6000; ++i) {
    store.remove(rows[static_cast<size_t>(i)]);
  }
  TableStore after(before.snapshot());
  RowStore& restored = after.rows("rows", kTypes);
  for (int i = 0; i < 7000; ++i) {
    REQUIRE(add(restored, "text", i) == add(store, "text", i));
  }
}

TEST_CASE("rows of other columns are refused") {
  TableStore before;
  before.rows("rows", kTypes);
  TableStore after(before.snapshot());
  CHECK_THROWS_AS(after.rows("rows", {Type::string()}), Error);
}

TEST_CASE("nested values are kept whole") {
  // ROW<name STRING, tags ARRAY<STRING>>: (ann, [x, NULL]), NULL, (NULL, []), (bob, NULL)
  const Type tags_type = Type::array(Type::string());
  const Type row_type = Type::row({{"name", Type::string()}, {"tags", tags_type}});
  auto offsets = std::make_shared<std::vector<uint32_t>>(std::vector<uint32_t>{0, 2, 2, 2, 2});
  auto no_tags = std::make_shared<Validity>(4);
  no_tags->set_null(3);
  const Column tags = Column::list(tags_type, 4, offsets, {texts({"x", "-"})}, no_tags);
  auto no_row = std::make_shared<Validity>(4);
  no_row->set_null(1);
  const Column rows =
      Column::row(row_type, 4, {texts({"ann", "?", "-", "a name of some length"}), tags}, no_row);

  TableStore before;
  RowStore& store = before.rows("rows", {row_type, Type::of(TypeKind::bigint)});
  RowBuffer buffer(&store.layout());
  buffer.read(std::vector<Column>{rows, numbers({1, 2, 3, 4})}, Rows(4));
  std::vector<RowRef> refs;
  for (size_t i = 0; i < 4; ++i) {
    refs.push_back(store.add(buffer[i]));
  }
  CHECK(!store.layout().equal(store.row(refs[0]), store.row(refs[2])));
  TableStore after(before.snapshot());
  RowStore& restored = after.rows("rows", {row_type, Type::of(TypeKind::bigint)});
  std::swap(refs[0], refs[3]);
  const Column column = restored.gather(refs)[0];
  CHECK(column.is_null(1));
  CHECK(!column.is_null(0));
  const Column& names = column.children()[0];
  CHECK(View<StringRef>(names)[0].view() == "a name of some length");
  CHECK(names.is_null(2));
  CHECK(View<StringRef>(names)[3].view() == "ann");
  const Column& lists = column.children()[1];
  CHECK(lists.is_null(0));
  CHECK(!lists.is_null(2));
  CHECK(*lists.offsets() == std::vector<uint32_t>{0, 0, 0, 0, 2});
  CHECK(lists.children()[0].is_null(1));
}

}  // namespace millrace::state
