// Random changes, compared with a map of lists.

#include "state/row_multimap.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>
#include <map>
#include <random>

#include "state/table_store.h"

namespace millrace::state {

namespace {

using Identity = RowMultimapShape::Identity;

struct Row {
  std::string key;
  int64_t id;
  int64_t value;
  bool operator==(const Row&) const = default;
};

RowMultimapShape shape_of(Identity by) {
  RowMultimapShape shape;
  shape.types = {Type::of(TypeKind::bigint), Type::string(), Type::of(TypeKind::bigint)};
  shape.key = {1};
  shape.by = by;
  shape.removes = true;
  shape.matches = true;
  if (by == Identity::key) {
    shape.identity = {0};
  }
  return shape;
}

class Writer {
 public:
  explicit Writer(const RowLayout& layout) : buffer_(&layout) {}
  const char* operator()(const Row& row) {
    ColumnBuilder id(Type::of(TypeKind::bigint));
    ColumnBuilder key(Type::string());
    ColumnBuilder value(Type::of(TypeKind::bigint));
    id.add(row.id);
    value.add(row.value);
    if (row.key.empty()) {
      key.add_null();
    } else {
      key.add_string(row.key);
    }
    columns_ = {id.finish(), key.finish(), value.finish()};
    buffer_.read(columns_, Rows(1));
    return buffer_[0];
  }

 private:
  RowBuffer buffer_;
  std::vector<Column> columns_;
};

std::vector<Row> rows_of(const RowMultimap& map, const std::string& key) {
  Writer writer(map.layout());
  const char* probe = writer({key, 0, 0});
  const std::vector<size_t> at = {1};
  std::vector<Row> rows;
  map.for_each(map.find(map.layout(), probe, at, map.hash(probe)), [&](RowRef ref) {
    const Row row{key, map.layout().value<int64_t>(map.row(ref), 0),
                  map.layout().value<int64_t>(map.row(ref), 2)};
    CHECK(map.matches(ref) == static_cast<uint32_t>(row.id));
    rows.insert(rows.end(), map.count(ref), row);
  });
  return rows;
}

void check_random(Identity by) {
  std::mt19937 random(11);
  auto tables = std::make_unique<TableStore>();
  RowMultimap* map = &tables->row_multimap("rows", shape_of(by));
  std::map<std::string, std::vector<Row>> expected;
  for (int step = 0; step < 6'000; ++step) {
    const std::string key =
        random() % 20 == 0 ? "" : "a key of some length " + std::to_string(random() % 40);
    const Row row{key, static_cast<int64_t>(random() % 6), static_cast<int64_t>(random() % 3)};
    std::vector<Row>& rows = expected[key];
    const auto same = std::find_if(rows.begin(), rows.end(), [&](const Row& other) {
      return other.id == row.id && (by == Identity::key || other.value == row.value);
    });
    Writer writer(map->layout());
    const char* bytes = writer(row);
    if (random() % 5 < 3) {
      map->set_matches(map->add(bytes, map->hash(bytes)), static_cast<uint32_t>(row.id));
      if (same != rows.end() && by == Identity::key) {
        *same = row;
      } else {
        rows.insert(same, row);
      }
    } else {
      REQUIRE(map->remove(bytes, map->hash(bytes)) == (same != rows.end()));
      if (same != rows.end()) {
        rows.erase(same);
      }
    }
    REQUIRE(rows_of(*map, key) == rows);
    if (step % 1000 == 999) {
      auto restored = std::make_unique<TableStore>(tables->snapshot());
      map = &restored->row_multimap("rows", shape_of(by));
      tables = std::move(restored);
      for (const auto& [other, others] : expected) {
        REQUIRE(rows_of(*map, other) == others);
      }
    }
  }
}

}  // namespace

TEST_CASE("rows by key, equal ones counted") { check_random(Identity::row); }

TEST_CASE("rows by key, replaced by those of the same identity") { check_random(Identity::key); }

TEST_CASE("rows without identity are all kept, in order, and go by reference") {
  RowMultimap map(shape_of(Identity::none));
  Writer writer(map.layout());
  std::vector<RowRef> refs;
  for (int64_t i = 0; i < 100; ++i) {
    const char* bytes = writer({"k" + std::to_string(i % 3), i, 0});
    refs.push_back(map.add(bytes, map.hash(bytes)));
    map.set_matches(refs.back(), static_cast<uint32_t>(i));
  }
  for (size_t i = 0; i < 100; i += 2) {
    map.remove(refs[i]);
  }
  const std::vector<Row> rows = rows_of(map, "k1");
  REQUIRE(rows.size() == 17);
  CHECK(rows.front().id == 1);
  CHECK(rows.back().id == 97);
  for (const RowRef ref : {refs[1], refs[97], refs[49]}) {
    map.remove(ref);
  }
  CHECK(rows_of(map, "k1").size() == 14);
  CHECK(rows_of(map, "k1").back().id == 91);
}

// An index hands out its rows in the order of their hashes. In one that grows meanwhile those of
// the first half of the hashes crowd together: of 620,000 keys, loading took forty times as long as
// adding.
TEST_CASE("many keys come back in about the time in which they came") {
  constexpr int64_t kRows = 155'000;
  constexpr size_t kAtOnce = 1000;
  RowMultimapShape shape;
  shape.types = {Type::of(TypeKind::bigint)};
  shape.key = {0};
  TableStore before;
  RowMultimap& map = before.row_multimap("rows", shape);
  RowBuffer buffer(&map.layout());
  std::clock_t began = std::clock();  // of the CPU
  for (int64_t from = 0; from < kRows; from += kAtOnce) {
    ColumnBuilder numbers(Type::of(TypeKind::bigint));
    for (int64_t i = 0; i < static_cast<int64_t>(kAtOnce); ++i) {
      numbers.add(from + i);
    }
    const std::vector<Column> columns = {numbers.finish()};
    buffer.read(columns, Rows(kAtOnce));
    for (size_t i = 0; i < kAtOnce; ++i) {
      map.add(buffer[i], map.hash(buffer[i]));
    }
  }
  const std::clock_t adding = std::clock() - began;
  const std::string snapshot = before.snapshot();
  began = std::clock();
  TableStore after(snapshot);
  CHECK(after.row_multimap("rows", shape).rows().size() == static_cast<size_t>(kRows));
  CHECK(std::clock() - began < 5 * adding);
}

}  // namespace millrace::state
