#pragma once

// ORDER BY event time. Rows wait until the watermark reaches them, and leave in the order of their
// times and then of the other keys, rows of equal order as they came. A row is late that is not
// behind the time of the last one that left, as in Flink.

#include "exec/combined_watermark.h"
#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/row_order.h"
#include "state/waiting_rows.h"

namespace millrace::exec {

class TimeSort final : public Operator {
 public:
  TimeSort(const plan::TimeSort& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  std::optional<int64_t> waits_for() const override { return waiting_.first(); }

 private:
  void emit(Watermark now, Output& out);

  const plan::TimeSort* node_;
  TaskContext task_;
  state::WaitingRows& waiting_;
  state::RowOrder order_;
  SavedWatermark last_left_;  // the time of the last row that left
  state::RowBuffer buffer_;
};

}  // namespace millrace::exec
