#pragma once

// What a join asks of two kept rows beside equal keys, computed for many pairs at a time.

#include <optional>
#include <vector>

#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/row_store.h"

namespace millrace::exec {

struct RowPair {
  state::RowRef left;
  state::RowRef right;
};

class PairCondition {
 public:
  // All of these outlive this.
  PairCondition(const plan::Join& node, const state::RowStore& left, const state::RowStore& right,
                const TaskContext& task);

  // Whether each pair joins. One for which that cannot be computed does not, and is rejected.
  std::vector<bool> hold(const std::vector<RowPair>& pairs, Output& out) const;

 private:
  Batch columns_of(const std::vector<RowPair>& pairs, size_t from, size_t count) const;

  const plan::Join* node_;
  std::optional<function::Expression> condition_;
  const state::RowStore* stores_[2];
  size_t left_width_;
  std::vector<size_t> used_[2];  // columns of each side that the condition reads
  TaskContext task_;
};

}  // namespace millrace::exec
