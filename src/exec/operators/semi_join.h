#pragma once

// Semi and anti join, of IN and EXISTS: the left rows that have a match on the right, or have none.
// Kinds and order are as in Flink's streaming semi and anti join: a left row goes out, or not, when
// it comes, and when its first match comes or its last one goes.

#include "exec/combined_watermark.h"
#include "exec/join_condition.h"
#include "exec/join_side.h"
#include "exec/joined_rows.h"
#include "exec/operator.h"

namespace millrace::exec {

class SemiJoin final : public Operator {
 public:
  SemiJoin(const plan::Join& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  void idle(Port port, Output& out) override;
  void resume(Port port, Output& out) override;

 private:
  void take_left(Batch batch, Output& out);
  void take_right(const Batch& batch, Output& out);
  void match_came(RowKind kind, std::span<const state::RowRef> lefts);
  void match_went(RowKind kind, std::span<const state::RowRef> lefts);

  TaskContext task_;
  bool anti_;
  JoinSide left_;
  JoinSide right_;
  JoinCondition condition_;
  JoinedRows joined_;
  CombinedWatermark watermark_;
};

}  // namespace millrace::exec
