#include "exec/operators/final_ranks.h"

#include <algorithm>

#include "exec/table_shapes.h"

namespace millrace::exec {

using state::RowRef;

FinalRanks::FinalRanks(const plan::Rank& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      start_(static_cast<size_t>(node.start) - 1),
      end_(static_cast<size_t>(node.end)),
      keeps_all_(!node.inputs[0]->changelog.insert_only()),
      ranked_(task_.state().ranked_rows("ranks", {.types = types_of(node.inputs[0]->schema),
                                                  .key = node.partition_by,
                                                  .order = order_of(node.order_by)})),
      buffer_(&ranked_.layout()) {}

void FinalRanks::push(Port port, Batch batch, Output& out) {
  const Rows rows = batch.rows();
  buffer_.read(batch.columns, rows);
  std::vector<uint64_t> hashes(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    hashes[i] = ranked_.hash(buffer_[i]);
    ranked_.prefetch(hashes[i]);
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    if (is_addition(batch.kind(rows[i]))) {
      add(buffer_[i], hashes[i]);
    } else {
      take_back(buffer_[i], hashes[i]);
    }
  }
  task_.counts().grouped += rows.size();
  if (const auto now = batch.final_watermark()) {
    advance(port, *now, out);
  }
}

void FinalRanks::add(const char* row, uint64_t hash) {
  Group* group = ranked_.find(row, hash);
  const size_t place = group == nullptr ? 0 : ranked_.place_of(*group, row);
  if (!keeps_all_ && place >= end_) {
    return;
  }
  Group& now = ranked_.insert(group, place, row, hash);
  if (!keeps_all_) {
    drop_until(now, end_);
  }
}

void FinalRanks::take_back(const char* row, uint64_t hash) {
  Group* group = ranked_.find(row, hash);
  const size_t place = group == nullptr ? 0 : ranked_.find_in(*group, row);
  if (group != nullptr && place < group->rows.size()) {
    ranked_.release(ranked_.take(group, place));
  }
}

void FinalRanks::drop_until(Group& group, size_t size) {
  while (group.rows.size() > size) {
    ranked_.release(ranked_.take(&group, group.rows.size() - 1));
  }
}

// --- Rows that leave ---

void FinalRanks::advance(Port, Watermark now, Output& out) {
  if (now < Watermark::end_of_input()) {
    return out.advance(now);
  }
  leaves_ = true;
  left_ = ranked_.all_groups();
  std::reverse(left_.begin(), left_.end());
}

void FinalRanks::go_on(Output& out) {
  while (!left_.empty() && take_last(ranked_.group(left_.back()))) {
    left_.pop_back();
  }
  if (leaving_.rows.empty()) {
    leaves_ = false;
    return out.advance(Watermark::end_of_input());
  }
  out.push(leaving_rows());
  for (const RowRef row : leaving_.rows) {
    ranked_.release(row);
  }
  leaving_ = {};
}

bool FinalRanks::take_last(Group& group) {
  drop_until(group, end_);
  const size_t size = group.rows.size();
  const size_t room = Batch::kMaxRows - leaving_.rows.size();
  const size_t from = std::max(std::min(start_, size), size - std::min(room, size));
  for (size_t place = from; place < size; ++place) {
    leaving_.rows.push_back(group.rows[place]);
    leaving_.numbers.push_back(static_cast<int64_t>(place) + 1);
  }
  for (size_t place = size; place > from; --place) {
    ranked_.take(&group, place - 1);
  }
  if (from > start_) {
    return false;
  }
  drop_until(group, 0);
  return true;
}

Batch FinalRanks::leaving_rows() const {
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(leaving_.rows.size());
  batch.columns = ranked_.rows().gather(leaving_.rows);
  if (node_->number) {
    FlatBuffer<int64_t> numbers(leaving_.numbers.size());
    std::copy(leaving_.numbers.begin(), leaving_.numbers.end(), numbers.data());
    batch.columns.push_back(numbers.finish(node_->schema.fields.back().type));
  }
  return batch;
}

}  // namespace millrace::exec
