#pragma once

// Finds the rows of one side that join with a batch of the other: equal keys first, then whatever
// else the condition asks of the pair.

#include <optional>

#include "exec/join_side.h"
#include "exec/joined_rows.h"
#include "exec/operator.h"

namespace millrace::exec {

class JoinCondition {
 public:
  // `condition` is over the columns of both inputs, the left one's first.
  JoinCondition(const std::optional<function::Expression>& condition, size_t left_width,
                size_t right_width, const TaskContext& task);

  // Matches for the rows of `batch` from number `from` on, as many rows as give a fair number of
  // matches; returns the number behind the last of them. Pairs for which the condition cannot be
  // computed do not match; the row of the batch is rejected.
  size_t match(Side side, const Batch& batch, const JoinSide& own, const JoinSide& others,
               size_t from, Output& out);
  // Of row i, counted from `from`.
  std::span<const state::RowRef> of(size_t i) const { return matches_.of(i); }

 private:
  void keep_true(Side side, const Batch& batch, const JoinSide& others, size_t from, Output& out);
  Batch pairs(Side side, const Batch& batch, std::span<const uint32_t> rows,
              std::span<const state::RowRef> others, const JoinSide& side_of_others) const;

  std::optional<function::Expression> condition_;
  size_t left_width_;
  std::vector<size_t> used_[2];  // columns of each side that the condition reads
  size_t width_;
  TaskContext task_;
  Matches matches_;
};

}  // namespace millrace::exec
