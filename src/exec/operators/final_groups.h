#pragma once

// GROUP BY of a batch job, without a window: each group as it is at the end of the input, once.
// Without keys there is one group, even of no rows.
//
// Groups leave some in a turn, and out of the table with it: those that a restart in between finds
// there are to leave still.

#include <memory>
#include <span>
#include <vector>

#include "exec/aggregate_slots.h"
#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/keyed_table.h"
#include "state/numbers.h"

namespace millrace::exec {

class FinalGroups final : public Operator {
 public:
  FinalGroups(const plan::GroupAggregate& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  bool has_more() const override { return leaves_; }
  void go_on(Output& out) override;

 private:
  // Fills rows_ and slots_ with those rows of the batch that have a group: one that is taken back
  // of none is passed over. Groups whose last row goes go into ended_.
  void find_groups(const Batch& batch);
  char* group_of(size_t key, bool leaves);
  // As many as may be shown at once, taken out of the table.
  std::vector<char*> take_groups();
  Batch rows_of(std::span<char* const> groups) const;

  const plan::GroupAggregate* node_;
  TaskContext task_;
  std::shared_ptr<AggregateSlots> slot_kind_;
  state::KeyedTable& groups_;
  state::Numbers& once_;  // what was done once

  bool leaves_ = false;  // the input has ended

  // Of the rows at hand; kept for their memory.
  state::KeyRows keys_;
  std::vector<uint32_t> rows_;
  std::vector<char*> slots_;
  std::vector<char*> ended_;
};

}  // namespace millrace::exec
