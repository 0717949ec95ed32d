#pragma once

// OVER of a batch job: the rows that there are at the end of the input, each partition in the order
// of the window, with the results of calls over any frame. Rows that are taken back before have
// never been.

#include "exec/moving_frame.h"
#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/ranked_rows.h"

namespace millrace::exec {

class OverInBatch final : public Operator {
 public:
  OverInBatch(const plan::OverAggregate& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;

 private:
  using Group = state::RankedRows::Group;

  void take_back(const char* row);
  void emit(Group& group, Output& out);
  SortedPartition partition_of(const Group& group) const;
  bool are_peers(state::RowRef a, state::RowRef b) const;
  // A column an aggregate.
  std::vector<Column> aggregated(const SortedPartition& partition);

  const plan::OverAggregate* node_;
  TaskContext task_;
  std::vector<plan::AggregateCall> aggregates_;  // the calls that are no function of the place
  AggregateSlots slots_;
  Takes takes_;
  state::RankedRows& ranked_;
  state::RowBuffer buffer_;
};

}  // namespace millrace::exec
