#pragma once

// Rows of inputs that are joined by time, for tests of such joins: a key, an event time, an id.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "column/builder.h"
#include "function/scalar.h"
#include "plan/nodes.h"

namespace millrace::exec::testing {

struct TimedRow {
  int32_t key;  // 0 stands for NULL
  int64_t ms;
  int32_t id;
  RowKind kind = RowKind::insert;
};

inline constexpr int64_t kDisorderMs = 30;

inline Schema timed_schema() {
  const Type number = Type::of(TypeKind::integer);
  return {{{"k", number}, {"at", Type::timestamp(3)}, {"id", number}}};
}

// That the ids of two such rows, side by side, differ.
inline function::Expression ids_differ() {
  const Type number = Type::of(TypeKind::integer);
  const std::vector<Type> types = {number, number};
  return function::Expression::of_call(
      std::make_shared<const function::ScalarSignature>(*function::find_scalar("<>")->bind(types)),
      {function::Expression::of_column(2, number), function::Expression::of_column(5, number)});
}

// `highest` is the highest time so far. Behind each row that raises it stands a watermark.
inline Batch batch_of(std::span<const TimedRow> rows, int64_t& highest) {
  ColumnBuilder keys(Type::of(TypeKind::integer));
  ColumnBuilder times(Type::timestamp(3));
  ColumnBuilder ids(Type::of(TypeKind::integer));
  Batch batch;
  for (const TimedRow& row : rows) {
    if (row.key == 0) {
      keys.add_null();
    } else {
      keys.add(row.key);
    }
    times.add(row.ms);
    ids.add(row.id);
    batch.kinds.push_back(row.kind);
    ++batch.physical_size;
    if (row.ms > highest) {
      highest = row.ms;
      batch.marks.push_back({batch.physical_size, {highest - kDisorderMs}});
    }
  }
  if (std::all_of(rows.begin(), rows.end(),
                  [](const TimedRow& row) { return row.kind == RowKind::insert; })) {
    batch.kinds.clear();
  }
  batch.columns = {keys.finish(), times.finish(), ids.finish()};
  return batch;
}

// One row, which raises nothing.
inline Batch one(const TimedRow& row) {
  int64_t never = INT64_MAX;
  return batch_of({&row, 1}, never);
}

}  // namespace millrace::exec::testing
