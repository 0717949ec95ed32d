#pragma once

// The output of a join that keeps the rows of both sides: pairs of kept rows, either of which may
// be missing and is NULLs then, with the change that each is, and the watermarks among them. Goes
// out in batches.

#include <vector>

#include "column/batch.h"
#include "exec/operator.h"
#include "plan/nodes.h"
#include "state/row_store.h"

namespace millrace::exec {

class JoinedPairs {
 public:
  // All of these outlive this.
  JoinedPairs(const plan::Join& node, const state::RowStore& left, const state::RowStore& right);

  // Both rows stay where they are until the next flush().
  void add(state::RowRef left, state::RowRef right, Output& out, RowKind kind = RowKind::insert);
  // Behind the pairs added so far.
  void mark(Watermark now);
  void flush(Output& out);

 private:
  const plan::Join* node_;
  size_t left_width_;
  const state::RowStore* stores_[2];
  std::vector<size_t> columns_[2];  // that are wanted of each side
  std::vector<state::RowRef> rows_[2];
  std::vector<RowKind> kinds_;  // where the join's rows change
  std::vector<Mark> marks_;
};

}  // namespace millrace::exec
