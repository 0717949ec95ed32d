#pragma once

// OVER of a batch job: the rows that there are at the end of the input, each partition in the order
// of the window, with the results of calls over any frame. Rows that are taken back before have
// never been.
//
// Partitions leave one after the other, a few in a turn. In memory each goes with its rows. Where
// they have no room there, all are sorted outside it, and stay until the last partition has left;
// how many have is kept with them.

#include <memory>
#include <span>
#include <vector>

#include "exec/moving_frame.h"
#include "exec/operator.h"
#include "exec/spilled_partitions.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/ranked_rows.h"

namespace millrace::exec {

class OverInBatch final : public Operator {
 public:
  OverInBatch(const plan::OverAggregate& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  bool has_more() const override { return leaves_; }
  void go_on(Output& out) override;

 private:
  using Group = state::RankedRows::Group;
  using RowRefs = std::span<const state::RowRef>;

  void take_back(const char* row);
  // The next partition, whose rows are added to `sent`; false behind the last one.
  bool send_next(Output& out, size_t& sent);
  bool send_next_outside(Output& out, size_t& sent);
  void finish(Output& out);
  void send(const state::RowStore& rows, RowRefs refs, Output& out);
  SortedPartition partition_of(const state::RowStore& rows, RowRefs refs) const;
  // A column an aggregate.
  std::vector<Column> aggregated(const SortedPartition& partition);

  const plan::OverAggregate* node_;
  TaskContext task_;
  std::vector<plan::AggregateCall> aggregates_;  // the calls that are no function of the place
  AggregateSlots slots_;
  Takes takes_;
  state::RankedRows& ranked_;
  state::Numbers* sent_;
  state::RowOrder order_;
  state::RowBuffer buffer_;

  bool leaves_ = false;                         // the input has ended
  std::vector<uint32_t> left_;                  // partitions, the next one last
  std::unique_ptr<SpilledPartitions> outside_;  // in place of left_
};

}  // namespace millrace::exec
