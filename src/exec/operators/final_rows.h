#pragma once

// The rows that there are at the end of the input, in an order where one is wanted: what leaves a
// batch job.

#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/ranked_rows.h"

namespace millrace::exec {

class FinalRows final : public Operator {
 public:
  FinalRows(const plan::FinalRows& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;

 private:
  void take_back(const char* row);
  void emit(Output& out);

  TaskContext task_;
  state::RankedRows& rows_;
  state::RowBuffer buffer_;
};

}  // namespace millrace::exec
