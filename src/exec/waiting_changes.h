#pragma once

// Rows of an input that wait for their time. Of an input that changes each waits with the kind of
// its change and the number at which it came, for as in Flink those of one time leave in the order
// in which they came, whatever their own times are: an update's old row ahead of its new one.

#include <deque>
#include <string_view>
#include <vector>

#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/waiting_rows.h"

namespace millrace::exec {

class WaitingChanges {
 public:
  // `name` is of the table in the task's state.
  WaitingChanges(const plan::Node& input, const TaskContext& task, std::string_view name);

  // A batch whose rows come; then add() of each that waits, row i of those selected.
  void read(const Batch& batch);
  void add(int64_t ms, size_t i);

  // Rows that wait no more, as many as a batch holds, in the order in which they leave; to be asked
  // for until there are none. They stay until they are released.
  std::vector<state::Due> take_until(int64_t ms);
  RowKind kind(state::RowRef row) const;

  state::WaitingRows& waiting() { return waiting_; }
  const state::WaitingRows& waiting() const { return waiting_; }
  const state::RowStore& rows() const { return waiting_.rows(); }
  const state::RowLayout& layout() const { return waiting_.layout(); }

 private:
  int64_t number(state::RowRef row) const;
  // Of an input that changes, all of them, in the order in which they came.
  std::deque<state::Due> in_order_until(int64_t ms);

  bool changes_;
  size_t width_;  // of the input; behind it the kind and the number
  state::WaitingRows& waiting_;
  state::RowBuffer buffer_;
  int64_t next_number_ = 0;
  std::deque<state::Due> taken_;  // of an input that changes: those that have yet to leave
};

}  // namespace millrace::exec
