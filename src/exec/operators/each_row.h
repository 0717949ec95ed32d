#pragma once

// An operator that computes something of each row and keeps none. Where its expressions ask how far
// event time has come, CURRENT_WATERMARK(), batches are cut at their marks, so that it is the same
// for all rows of a part. One in which each row raises it is cut into single rows: who asks pays.

#include <optional>
#include <span>

#include "column/batch.h"
#include "exec/combined_watermark.h"
#include "exec/operator.h"
#include "exec/task_context.h"
#include "function/expression.h"

namespace millrace::exec {

class EachRow : public Operator {
 public:
  void push(Port port, Batch rows, Output& out) final;
  void advance(Port, Watermark now, Output& out) final;

 protected:
  EachRow(std::span<const function::Expression> expressions, const TaskContext& task);

  // Sends what becomes of these rows, computed in this context.
  virtual void handle(Batch rows, function::EvaluationContext& context, Output& out) = 0;

  const TaskContext& task() const { return task_; }

 private:
  TaskContext task_;
  std::optional<SavedWatermark> watermark_;  // where it is asked for
};

}  // namespace millrace::exec
