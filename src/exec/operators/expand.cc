#include "exec/operators/expand.h"

#include <algorithm>

#include "column/builder.h"
#include "exec/chosen_rows.h"
#include "function/assemble.h"
#include "plan/node_schemas.h"

namespace millrace::exec {

void Expand::push(Port, Batch rows, Output& out) {
  const size_t sets = node_->sets.size();
  const size_t at_once = std::max<size_t>(1, Batch::kMaxRows / sets);
  std::vector<uint32_t> all;
  for_each(rows.rows(), [&](uint32_t row) { all.push_back(row); });
  auto mark = rows.marks.begin();
  for (size_t from = 0; from < all.size(); from += at_once) {
    const auto some = std::span(all).subspan(from, std::min(at_once, all.size() - from));
    std::vector<uint32_t> repeated;
    for (const uint32_t row : some) {
      repeated.insert(repeated.end(), sets, row);
    }
    Batch longer = expanded(rows, repeated);
    const bool last = from + some.size() == all.size();
    const auto end = last ? rows.marks.end()
                          : std::find_if(mark, rows.marks.end(),
                                         [&](const Mark& m) { return m.row > some.back(); });
    longer.marks = moved_marks({mark, end}, repeated);
    mark = end;
    out.push(std::move(longer));
  }
  if (mark != rows.marks.end()) {
    out.advance(rows.marks.back().watermark);
  }
}

Batch Expand::expanded(const Batch& batch, std::span<const uint32_t> rows) const {
  const size_t sets = node_->sets.size();
  Batch longer = chosen_rows(batch, rows);
  const size_t size = longer.physical_size;
  for (size_t i = 0; i < node_->keys.size(); ++i) {
    longer.columns.push_back(key(longer.columns[node_->keys[i]], i, size));
  }
  FlatBuffer<int64_t> numbers(size);
  for (size_t row = 0; row < size; ++row) {
    numbers[row] = static_cast<int64_t>(row % sets);
  }
  longer.columns.push_back(numbers.finish(Type::of(TypeKind::bigint, false)));
  return longer;
}

Column Expand::key(const Column& column, size_t number, size_t size) const {
  if (plan::each_set_has(*node_, number)) {
    return column;
  }
  std::vector<uint32_t> rows;
  for (uint32_t row = 0; row < size; ++row) {
    if (node_->sets[row % node_->sets.size()][number]) {
      rows.push_back(row);
    }
  }
  function::Assembly assembly(column.type().as_nullable(), size);
  assembly.take(column, Rows(std::span<const uint32_t>(rows)));
  return assembly.finish();
}

}  // namespace millrace::exec
