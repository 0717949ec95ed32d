#pragma once

// The rows that there are at the end of the input, in an order where one is wanted: what leaves a
// batch job. A batch of them leaves in a turn; rows that have no room in memory are sorted outside
// it.
//
// All stay in the table until the last one has left, and how many have is kept with them: a restart
// in between sorts them again, into the same order.

#include <memory>
#include <vector>

#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/ranked_rows.h"
#include "state/sorted_rows.h"

namespace millrace::exec {

class FinalRows final : public Operator {
 public:
  FinalRows(const plan::FinalRows& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  bool has_more() const override { return leaves_; }
  void go_on(Output& out) override;

 private:
  void take_back(const char* row);
  void sort_in_memory();
  void sort_outside();
  size_t sent() const { return static_cast<size_t>(sent_->find("rows").value_or(0)); }
  Batch next_rows();
  Batch next_sorted();
  void finish(Output& out);

  TaskContext task_;
  state::RankedRows& rows_;
  state::Numbers* sent_;
  state::RowOrder order_;
  bool is_ordered_;
  state::RowBuffer buffer_;

  bool leaves_ = false;  // the input has ended
  std::vector<state::RowRef> in_order_;
  std::unique_ptr<state::SortedRows> outside_;  // in place of in_order_
};

}  // namespace millrace::exec
