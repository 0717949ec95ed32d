// Rows by chance, sorted in memory and outside it, compared with a stable sort.

#include "state/sorted_rows.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "base/error.h"
#include "column/builder.h"
#include "io/simulated_files.h"
#include "state/row_order.h"

namespace millrace::state {

namespace {

struct Row {
  int64_t rank;
  std::string text;  // NULL where it is empty
  bool operator==(const Row&) const = default;
};

const std::vector<Type> kTypes = {Type::of(TypeKind::bigint), Type::string()};

std::vector<Row> rows_by_chance(size_t count) {
  std::mt19937 random(5);
  std::vector<Row> rows;
  for (size_t i = 0; i < count; ++i) {
    const size_t length = random() % 50 == 0 ? 200'000 : random() % 40;
    rows.push_back({static_cast<int64_t>(random() % (count / 4)),
                    length == 0 ? "" : std::to_string(i) + std::string(length, 'x')});
  }
  return rows;
}

class Sorter {
 public:
  explicit Sorter(SpillSpace* space)
      : layout_(kTypes),
        order_(layout_, {{0, true, false}}),
        buffer_(&layout_),
        sorted_(
            kTypes, [this](const char* a, const char* b) { return order_.compare(a, b); }, space) {}

  void add(const Row& row) {
    ColumnBuilder rank(kTypes[0]);
    rank.add(row.rank);
    ColumnBuilder text(kTypes[1]);
    if (row.text.empty()) {
      text.add_null();
    } else {
      text.add_string(row.text);
    }
    const std::vector<Column> columns = {rank.finish(), text.finish()};
    buffer_.read(columns, Rows(1));
    sorted_.add(buffer_[0]);
  }
  std::vector<Row> read() {
    std::vector<Row> rows;
    while (const char* row = sorted_.next()) {
      rows.push_back(
          {layout_.value<int64_t>(row, 0), std::string(layout_.value<StringRef>(row, 1).view())});
      REQUIRE(RowLayout::is_null(row, 1) == rows.back().text.empty());
    }
    REQUIRE(sorted_.next() == nullptr);
    return rows;
  }
  const SortedRows& rows() const { return sorted_; }

 private:
  RowLayout layout_;
  RowOrder order_;
  RowBuffer buffer_;
  SortedRows sorted_;
};

}  // namespace

TEST_CASE("rows are sorted alike in memory, in a few runs, and in more than are merged at once") {
  std::vector<Row> expected = rows_by_chance(4000);
  const std::vector<Row> rows = expected;
  std::stable_sort(expected.begin(), expected.end(),
                   [](const Row& a, const Row& b) { return a.rank > b.rank; });
  for (const size_t most_memory : {SIZE_MAX, size_t{16} << 20, size_t{4} << 20, size_t{1} << 19}) {
    io::SimulatedFiles files(1);
    files.make_directories("spilled");
    SpillSpace space(&files, "spilled", most_memory);
    {
      Sorter sorter(&space);
      for (const Row& row : rows) {
        sorter.add(row);
        REQUIRE(sorter.rows().memory() / 2 < most_memory);
      }
      CHECK((sorter.rows().runs() > 0) == (most_memory != SIZE_MAX));
      CHECK(sorter.read() == expected);
      CHECK(files.list("spilled").size() == (most_memory == SIZE_MAX ? 0 : 1));
    }
    CHECK(files.list("spilled").empty());
  }
}

TEST_CASE("of no rows there is no first one") {
  io::SimulatedFiles files(1);
  files.make_directories("spilled");
  SpillSpace space(&files, "spilled", 1000);
  Sorter sorter(&space);
  CHECK(sorter.read().empty());
}

TEST_CASE("what an earlier life sorted is removed") {
  io::SimulatedFiles files(1);
  files.make_directories("spilled");
  files.replace("spilled/spill-1", "a run");
  SpillSpace space(&files, "spilled", 1000);
  CHECK(files.list("spilled").empty());
}

}  // namespace millrace::state
