// Random rows of a few keys, compared with sorted lists, over restarts.

#include "state/ranked_rows.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include "column/builder.h"
#include "io/simulated_files.h"
#include "state/table_store.h"

namespace millrace::state {

namespace {

RankedRowsShape shape() {
  const Type number = Type::of(TypeKind::bigint);
  return {.types = {number, number, number}, .key = {0}, .order = {{1, true, true}}};
}

// Key, rank and number.
using Row = std::array<int64_t, 3>;

class Writer {
 public:
  explicit Writer(const RowLayout& layout) : buffer_(&layout) {}
  const char* operator()(const Row& row) {
    columns_.clear();
    for (const int64_t value : row) {
      ColumnBuilder column(Type::of(TypeKind::bigint));
      column.add(value);
      columns_.push_back(column.finish());
    }
    buffer_.read(columns_, Rows(1));
    return buffer_[0];
  }

 private:
  RowBuffer buffer_;
  std::vector<Column> columns_;
};

std::vector<int64_t> numbers_in(const RankedRows& rows, const RankedRows::Group& group) {
  std::vector<int64_t> numbers;
  for (const RowRef row : group.rows) {
    numbers.push_back(rows.layout().value<int64_t>(rows.rows().row(row), 2));
  }
  return numbers;
}

// The keys of all groups, as they were made.
std::vector<int64_t> keys_in_order(const RankedRows& rows) {
  std::vector<int64_t> keys;
  for (const uint32_t number : rows.all_groups()) {
    const RowRef first = const_cast<RankedRows&>(rows).group(number).rows.front();
    keys.push_back(rows.layout().value<int64_t>(rows.rows().row(first), 0));
  }
  return keys;
}

}  // namespace

TEST_CASE("groups stand in the order in which they were made, over restarts too") {
  TableStore before;
  RankedRows* rows = &before.ranked_rows("r", shape());
  const auto make = [&](int64_t key) {
    Writer write(rows->layout());
    const char* bytes = write({key, 1, 1});
    rows->insert(nullptr, 0, bytes, rows->hash(bytes));
  };
  const auto drop = [&](int64_t key) {
    Writer write(rows->layout());
    const char* bytes = write({key, 1, 1});
    rows->release(rows->take(rows->find(bytes, rows->hash(bytes)), 0));
  };
  for (int64_t key = 0; key < 5; ++key) {
    make(key);
  }
  drop(1);
  drop(3);
  make(7);
  CHECK(keys_in_order(*rows) == std::vector<int64_t>{0, 2, 4, 7});
  TableStore after(before.snapshot());
  rows = &after.ranked_rows("r", shape());
  CHECK(keys_in_order(*rows) == std::vector<int64_t>{0, 2, 4, 7});
  make(8);
  CHECK(keys_in_order(*rows) == std::vector<int64_t>{0, 2, 4, 7, 8});
}

TEST_CASE("rows of a key stand in their order, equal ones as they came") {
  std::mt19937 random(3);
  io::SimulatedFiles files{1};
  files.make_directories("spilled");
  SpillSpace space(&files, "spilled", SIZE_MAX);
  std::unique_ptr<TableStore> store;
  RankedRows* rows = nullptr;
  const auto open = [&](const std::string& snapshot) {
    store = std::make_unique<TableStore>(snapshot);
    store->spill_to(&space);
    rows = &store->ranked_rows("r", shape());
    store->begin_tracking();
  };
  open(TableStore().snapshot());
  LayerWriter layer(&files, layer_path("spilled", Epoch(1)));
  std::map<int64_t, std::vector<Row>> expected;
  for (int64_t number = 0; number < 400; ++number) {
    Writer write(rows->layout());
    const Row row = {static_cast<int64_t>(random() % 5), static_cast<int64_t>(random() % 4),
                     number};
    const char* bytes = write(row);
    const uint64_t hash = rows->hash(bytes);
    RankedRows::Group* group = rows->find(bytes, hash);
    std::vector<Row>& list = expected[row[0]];
    REQUIRE((group == nullptr) == list.empty());
    if (!list.empty() && random() % 3 == 0) {
      const size_t place = random() % list.size();
      rows->release(rows->take(group, place));
      list.erase(list.begin() + static_cast<ptrdiff_t>(place));
    } else {
      const size_t place = group == nullptr ? 0 : rows->place_of(*group, bytes);
      group = &rows->insert(group, place, bytes, hash);
      list.insert(std::upper_bound(list.begin(), list.end(), row,
                                   [](const Row& a, const Row& b) { return a[1] > b[1]; }),
                  row);
      CHECK(rows->find_in(*group, bytes) == place);
    }
    if (number % 50 == 49) {
      open(store->snapshot());
    }
    if (number % 20 == 7) {
      store->save_changes({}, [&]() -> LayerWriter& { return layer; });
      store->spill(SIZE_MAX);
      CHECK(store->spilled() > 0);
    }
    for (const auto& [key, wanted] : expected) {
      Writer probe(rows->layout());
      const char* any = probe({key, 0, 0});
      const RankedRows::Group* found = rows->find(any, rows->hash(any));
      std::vector<int64_t> numbers;
      for (const Row& one : wanted) {
        numbers.push_back(one[2]);
      }
      CHECK((found == nullptr ? std::vector<int64_t>() : numbers_in(*rows, *found)) == numbers);
    }
  }
}

TEST_CASE("rows that were put behind all others are in their order once they are sorted") {
  std::mt19937 random(5);
  RowStore kept(shape().types);
  RankedRows rows(shape(), &kept);
  std::vector<Row> expected;
  RankedRows::Group* group = nullptr;
  for (int64_t number = 0; number < 300; ++number) {
    Writer write(rows.layout());
    const Row row = {1, static_cast<int64_t>(random() % 9), number};
    const char* bytes = write(row);
    rows.append(bytes, rows.hash(bytes));
    expected.push_back(row);
    group = rows.find(bytes, rows.hash(bytes));
    if (number % 40 == 39) {  // and one of them goes
      rows.sort(*group);
      const RowRef gone = group->rows[random() % group->rows.size()];
      const auto which = rows.layout().value<int64_t>(rows.rows().row(gone), 2);
      rows.drop(gone);
      std::erase_if(expected, [&](const Row& one) { return one[2] == which; });
    }
  }
  rows.sort(*group);
  std::stable_sort(expected.begin(), expected.end(),
                   [](const Row& a, const Row& b) { return a[1] > b[1]; });
  std::vector<int64_t> numbers;
  for (const Row& one : expected) {
    numbers.push_back(one[2]);
  }
  CHECK(numbers_in(rows, *group) == numbers);
}

}  // namespace millrace::state
