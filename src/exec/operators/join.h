#pragma once

// The regular join: inner, left, right and full, over inputs whose rows come and go. What goes out,
// and in which order, is as in Flink's streaming join: an inner join hands on the kind of the
// change that caused it; an outer one sends +I (row, NULL) for a row without a match, takes it back
// with -D when the first match comes, and sends it again when the last one goes.
//
// Both sides are kept for ever, or as long as state is (expiry.h). A side that is padded keeps with
// each row how many rows of the other side it matches.

#include "exec/combined_watermark.h"
#include "exec/join_condition.h"
#include "exec/join_side.h"
#include "exec/joined_rows.h"
#include "exec/operator.h"

namespace millrace::exec {

class Join final : public Operator {
 public:
  Join(const plan::Join& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  void idle(Port port, Output& out) override;
  void resume(Port port, Output& out) override;

 private:
  void join(Port port, const Batch& batch, Output& out);
  void add(JoinSide& own, JoinSide& others, RowKind kind, size_t i, uint32_t row,
           std::span<const state::RowRef> matches);
  void remove(JoinSide& own, JoinSide& others, RowKind kind, size_t i, uint32_t row,
              std::span<const state::RowRef> matches);

  TaskContext task_;
  JoinSide left_;
  JoinSide right_;
  JoinCondition condition_;
  JoinedRows joined_;
  CombinedWatermark watermark_;
};

}  // namespace millrace::exec
