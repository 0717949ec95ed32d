#pragma once

// The join with the rows that a table has now, FOR SYSTEM_TIME AS OF a time of processing: a left
// row meets the right rows that are there when it comes, and what becomes of those later changes
// nothing. So only the right side is kept, and the event time of the left one goes on.
//
// As in Flink, a left row that is taken back meets the rows of now, not those that it met before.

#include "exec/join_condition.h"
#include "exec/join_side.h"
#include "exec/joined_rows.h"
#include "exec/operator.h"

namespace millrace::exec {

class LookupJoin final : public Operator {
 public:
  LookupJoin(const plan::Join& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  void idle(Port port, Output& out) override;
  void resume(Port port, Output& out) override;

 private:
  void take(const Batch& batch);
  void join(const Batch& batch, Output& out);

  const plan::Join* node_;
  TaskContext task_;
  JoinSide left_;  // the batch at hand; nothing is kept
  JoinSide right_;
  JoinCondition condition_;
  JoinedRows joined_;
};

}  // namespace millrace::exec
