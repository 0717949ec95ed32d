#include "exec/pair_condition.h"

#include <algorithm>
#include <set>

#include "function/evaluate.h"
#include "function/memberships.h"

namespace millrace::exec {

using state::RowRef;

PairCondition::PairCondition(const plan::Join& node, const state::RowStore& left,
                             const state::RowStore& right, const TaskContext& task)
    : node_(&node),
      stores_{&left, &right},
      left_width_(node.inputs[0]->schema.size()),
      task_(task) {
  if (node.condition) {
    condition_ = function::with_memberships(*node.condition);
    std::set<size_t> columns;
    condition_->visit_columns([&](size_t column) { columns.insert(column); });
    for (const size_t column : columns) {
      column < left_width_ ? used_[0].push_back(column) : used_[1].push_back(column - left_width_);
    }
  }
}

Batch PairCondition::columns_of(const std::vector<RowPair>& pairs, size_t from,
                                size_t count) const {
  std::vector<RowRef> rows[2];
  for (size_t i = from; i < from + count; ++i) {
    rows[0].push_back(pairs[i].left);
    rows[1].push_back(pairs[i].right);
  }
  Batch both;
  both.physical_size = static_cast<uint32_t>(count);
  both.columns.resize(left_width_ + node_->inputs[1]->schema.size());
  for (size_t side = 0; side < 2; ++side) {
    std::vector<Column> gathered = stores_[side]->gather(rows[side], used_[side]);
    for (size_t i = 0; i < gathered.size(); ++i) {
      both.columns[used_[side][i] + (side == 0 ? 0 : left_width_)] = std::move(gathered[i]);
    }
  }
  return both;
}

std::vector<bool> PairCondition::hold(const std::vector<RowPair>& pairs, Output& out) const {
  std::vector<bool> holds(pairs.size(), !condition_);
  if (!condition_) {
    return holds;
  }
  for (size_t from = 0; from < pairs.size(); from += Batch::kMaxRows) {
    const Batch both = columns_of(pairs, from, std::min(Batch::kMaxRows, pairs.size() - from));
    function::EvaluationContext context = task_.evaluation();
    for (const uint32_t pair : function::select_true(*condition_, both, both.rows(), context)) {
      holds[from + pair] = true;
    }
    for (const auto& failure : context.failures()) {
      Batch row;  // of the columns alone that there are
      std::copy_if(both.columns.begin(), both.columns.end(), std::back_inserter(row.columns),
                   [](const Column& column) { return column.size() > 0; });
      row.physical_size = both.physical_size;
      out.reject(row, failure.row, failure.reason);
    }
  }
  return holds;
}

}  // namespace millrace::exec
