#pragma once

// Top-N: the rows numbered `start` to `end` of each partition by their order. Each change of the
// input sends what it changes of the output, in Flink's order:
//
//   with the number      each row that moves is updated at its place: -U old, +U new, down to a +I
//                        where the last place was free, or a -D where it has become so
//   without              -D of the row that leaves, +I of the one that enters
//
// Of inputs that only insert, rows behind `end` are forgotten. Of others all are kept, since they
// may move up.

#include "exec/operator.h"
#include "exec/row_changes.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/ranked_rows.h"

namespace millrace::exec {

class Rank final : public Operator {
 public:
  Rank(const plan::Rank& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override { out.advance(now); }

 private:
  using Group = state::RankedRows::Group;
  void add(const char* row, uint64_t hash);
  void take_back(const char* row, uint64_t hash);
  // What the rows from `place` on are, after a row was put there, or before it is taken away.
  void send_shifted_down(const std::vector<state::RowRef>& rows, size_t place);
  void send_shifted_up(const std::vector<state::RowRef>& rows, size_t place);
  void change(RowKind kind, state::RowRef row, size_t place);

  const plan::Rank* node_;
  TaskContext task_;
  size_t end_;
  bool cascades_;  // rows are updated at their places
  bool keeps_all_;
  state::RankedRows& ranked_;
  state::RowBuffer buffer_;
  RowChanges changes_;
  std::vector<state::RowRef> gone_;  // taken out, but in changes_ perhaps
};

}  // namespace millrace::exec
