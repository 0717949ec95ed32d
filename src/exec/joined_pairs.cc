#include "exec/joined_pairs.h"

#include <utility>

#include "exec/mark_cursor.h"

namespace millrace::exec {

using state::RowRef;

JoinedPairs::JoinedPairs(const plan::Join& node, const state::RowStore& left,
                         const state::RowStore& right)
    : node_(&node), left_width_(node.inputs[0]->schema.size()), stores_{&left, &right} {
  for (const size_t column : node.output) {
    column < left_width_ ? columns_[0].push_back(column)
                         : columns_[1].push_back(column - left_width_);
  }
}

void JoinedPairs::add(RowRef left, RowRef right, Output& out, RowKind kind) {
  if (rows_[0].size() == Batch::kMaxRows) {
    flush(out);
  }
  rows_[0].push_back(left);
  rows_[1].push_back(right);
  if (!node_->changelog.insert_only()) {
    kinds_.push_back(kind);
  }
}

void JoinedPairs::mark(Watermark now) { put_mark(marks_, rows_[0].size(), now); }

void JoinedPairs::flush(Output& out) {
  if (rows_[0].empty() && marks_.empty()) {
    return;
  }
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(rows_[0].size());
  std::vector<Column> gathered[2];
  for (size_t side = 0; side < 2; ++side) {
    gathered[side] = stores_[side]->gather(rows_[side], columns_[side]);
    stores_[side]->let_read_rows_go();
  }
  size_t next[2] = {};
  for (size_t i = 0; i < node_->output.size(); ++i) {
    const size_t side = node_->output[i] < left_width_ ? 0 : 1;
    batch.columns.push_back(gathered[side][next[side]++].retyped(node_->schema[i].type));
  }
  batch.kinds = std::exchange(kinds_, {});
  batch.marks = std::move(marks_);
  marks_.clear();
  rows_[0].clear();
  rows_[1].clear();
  out.push(std::move(batch));
}

}  // namespace millrace::exec
