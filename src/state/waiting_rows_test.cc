// Rows in any order of times, compared with a sorted list, over restarts.

#include "state/waiting_rows.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "column/builder.h"
#include "state/table_store.h"

namespace millrace::state {

namespace {

std::vector<Type> types() { return {Type::of(TypeKind::bigint), Type::string()}; }

void add(WaitingRows& rows, int64_t ms, int64_t id) {
  ColumnBuilder ids(Type::of(TypeKind::bigint));
  ColumnBuilder texts(Type::string());
  ids.add(id);
  texts.add_string("a text that is too long to lie in its reference, number " + std::to_string(id));
  const std::vector<Column> columns = {ids.finish(), texts.finish()};
  RowBuffer buffer(&rows.layout());
  buffer.read(columns, Rows(1));
  rows.add(ms, buffer[0]);
}

int64_t id_of(const WaitingRows& rows, const Due& due) {
  return rows.layout().value<int64_t>(rows.rows().row(due.row), 0);
}

}  // namespace

TEST_CASE("rows leave in the order of their times, those of one time as they came") {
  std::mt19937 random(7);
  auto store = std::make_unique<TableStore>();
  WaitingRows* rows = &store->waiting_rows("w", types());
  std::vector<std::pair<int64_t, int64_t>> expected;  // time and number
  int64_t next = 0;
  for (int64_t now = 0; now < 300; now += 3) {
    for (size_t n = random() % 6; n > 0; --n) {
      const int64_t ms = now + static_cast<int64_t>(random() % 20);
      expected.emplace_back(ms, next);
      add(*rows, ms, next++);
    }
    if (now % 30 == 0) {
      store = std::make_unique<TableStore>(store->snapshot());
      rows = &store->waiting_rows("w", types());
    }
    std::sort(expected.begin(), expected.end());
    const std::vector<Due> due = rows->take_until(now, 3);
    REQUIRE(due.size() <= expected.size());
    for (const Due& row : due) {
      CHECK(std::pair(row.ms, id_of(*rows, row)) == expected.front());
      expected.erase(expected.begin());
    }
    // No more than three, but for those of the time of the last one.
    CHECK((due.size() >= 3 || expected.empty() || expected.front().first > now));
    CHECK((due.size() <= 3 || due[2].ms == due.back().ms));
    rows->release(due);
  }
  CHECK(rows->size() == expected.size());
}

}  // namespace millrace::state
