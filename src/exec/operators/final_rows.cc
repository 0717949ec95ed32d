#include "exec/operators/final_rows.h"

#include <numeric>

#include "exec/row_changes.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

using state::RowRef;

// Where there is an order all rows are one group, which is kept in it; otherwise equal rows are,
// so that each is found again at once.
static state::RankedRowsShape shape_of(const plan::FinalRows& node) {
  state::RankedRowsShape shape{
      .types = types_of(node.inputs[0]->schema), .key = {}, .order = order_of(node.order_by)};
  if (node.order_by.empty()) {
    shape.key.resize(shape.types.size());
    std::iota(shape.key.begin(), shape.key.end(), size_t{0});
  }
  return shape;
}

FinalRows::FinalRows(const plan::FinalRows& node, const TaskContext& task)
    : task_(task),
      rows_(task_.state().ranked_rows("rows", shape_of(node))),
      buffer_(&rows_.layout()) {}

void FinalRows::push(Port port, Batch batch, Output& out) {
  const Rows rows = batch.rows();
  buffer_.read(batch.columns, rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    const char* row = buffer_[i];
    const RowKind kind = batch.kind(rows[i]);
    if (!is_addition(kind)) {
      take_back(row);
      continue;
    }
    rows_.append(row, rows_.hash(row));
  }
  task_.counts().grouped += rows.size();
  if (const auto now = batch.final_watermark()) {
    advance(port, *now, out);
  }
}

void FinalRows::take_back(const char* row) {
  auto* group = rows_.find(row, rows_.hash(row));
  if (group == nullptr) {
    return;
  }
  rows_.sort(*group);
  const size_t place = rows_.find_in(*group, row);
  if (place < group->rows.size()) {
    rows_.release(rows_.take(group, place));
  }
}

void FinalRows::advance(Port, Watermark now, Output& out) {
  if (now == Watermark::end_of_input()) {
    emit(out);
  }
  out.advance(now);
}

void FinalRows::emit(Output& out) {
  const std::vector<uint32_t> groups = rows_.all_groups();
  RowChanges changes(&rows_.rows(), RowChanges::Numbers::none);
  for (const uint32_t number : groups) {
    rows_.sort(rows_.group(number));
    for (const RowRef row : rows_.group(number).rows) {
      changes.add(RowKind::insert, row);
    }
  }
  changes.send(out);
  for (const uint32_t number : groups) {
    for (size_t left = rows_.group(number).rows.size(); left > 0; --left) {
      rows_.release(rows_.take(&rows_.group(number), left - 1));
    }
  }
}

}  // namespace millrace::exec
