#include "exec/operators/final_rows.h"

#include <algorithm>
#include <numeric>

#include "exec/table_shapes.h"

namespace millrace::exec {

using state::RowRef;

// Rows that only come are one group, in the order in which they do. Where some are taken back equal
// rows are one, so that each is found again at once.
static state::RankedRows& make_rows(const plan::FinalRows& node, const TaskContext& task) {
  state::RankedRowsShape shape{
      .types = types_of(node.inputs[0]->schema), .key = {}, .order = order_of(node.order_by)};
  const bool only_come = node.inputs[0]->changelog.insert_only();
  if (!only_come || node.order_by.empty()) {
    shape.key.resize(shape.types.size());
    std::iota(shape.key.begin(), shape.key.end(), size_t{0});
  }
  // Once the rows of an order were one group in any case.
  const bool was_one_group = !only_come && !node.order_by.empty();
  return task.state().ranked_rows(was_one_group ? "equal_rows" : "rows", std::move(shape));
}

FinalRows::FinalRows(const plan::FinalRows& node, const TaskContext& task)
    : task_(task),
      rows_(make_rows(node, task_)),
      sent_(&task_.state().numbers("sent")),
      order_(rows_.layout(), order_of(node.order_by)),
      is_ordered_(!node.order_by.empty()),
      buffer_(&rows_.layout()) {
  task_.state().count_beside("in_order", [this] {
    return in_order_.capacity() * sizeof(RowRef) + (outside_ == nullptr ? 0 : outside_->memory());
  });
}

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
  const size_t place = rows_.find_in(*group, row);
  if (place < group->rows.size()) {
    rows_.release(rows_.take(group, place));
  }
}

void FinalRows::advance(Port, Watermark now, Output& out) {
  if (now < Watermark::end_of_input()) {
    return out.advance(now);
  }
  leaves_ = true;
  sort_in_memory();
}

// What has left memory by then, or does while they leave, is sorted again once it is needed.
void FinalRows::sort_in_memory() {
  if (is_ordered_ && rows_.rows().spilled() > 0) {
    return;
  }
  in_order_.clear();
  for (const uint32_t number : rows_.all_groups()) {
    const std::vector<RowRef>& rows = rows_.group(number).rows;
    in_order_.insert(in_order_.end(), rows.begin(), rows.end());
  }
  const state::RowStore& rows = rows_.rows();
  std::stable_sort(in_order_.begin(), in_order_.end(), [&](RowRef a, RowRef b) {
    return order_.compare(rows.row(a), rows.row(b)) < 0;
  });
}

void FinalRows::sort_outside() {
  in_order_ = {};
  outside_ = std::make_unique<state::SortedRows>(
      rows_.layout().types(), [this](const char* a, const char* b) { return order_.compare(a, b); },
      rows_.rows().space());
  size_t read = 0;
  for (const uint32_t number : rows_.all_groups()) {
    for (const RowRef row : rows_.group(number).rows) {
      outside_->add(rows_.rows().row(row));
      if (++read % Batch::kMaxRows == 0) {
        rows_.rows().let_read_rows_go();
      }
    }
  }
  for (size_t left = sent(); left > 0; --left) {
    outside_->next();
  }
}

void FinalRows::go_on(Output& out) {
  if (is_ordered_ && outside_ == nullptr && rows_.rows().spilled() > 0) {
    sort_outside();
  }
  Batch batch = outside_ == nullptr ? next_rows() : next_sorted();
  if (batch.physical_size == 0) {
    return finish(out);
  }
  sent_->at("rows") += batch.physical_size;
  out.push(std::move(batch));
}

static Batch gathered(const state::RowStore& rows, std::span<const RowRef> refs) {
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(refs.size());
  batch.columns = rows.gather(refs);
  return batch;
}

Batch FinalRows::next_rows() {
  const size_t from = sent();
  const size_t count = std::min(Batch::kMaxRows, in_order_.size() - from);
  return gathered(rows_.rows(), std::span(in_order_).subspan(from, count));
}

Batch FinalRows::next_sorted() {
  state::RowStore some(rows_.layout().types());
  std::vector<RowRef> refs;
  while (refs.size() < Batch::kMaxRows) {
    const char* row = outside_->next();
    if (row == nullptr) {
      break;
    }
    refs.push_back(some.add(row));
  }
  return gathered(some, refs);
}

void FinalRows::finish(Output& out) {
  leaves_ = false;
  in_order_ = {};
  outside_.reset();
  rows_.remove_all();
  sent_->erase("rows");
  out.advance(Watermark::end_of_input());
}

}  // namespace millrace::exec
