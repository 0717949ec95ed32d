#pragma once

// Top-N of a batch job: the rows numbered `start` to `end` of each partition, as they are at the
// end of the input, with their numbers where those are wanted. Rows behind `end` are forgotten,
// unless some are taken back: then they may move up.
//
// Partitions leave one after the other, a batch of rows in a turn, the last rows of each first; and
// with them their rows, so that a restart in between goes on with those that are there.

#include <vector>

#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/ranked_rows.h"

namespace millrace::exec {

class FinalRanks final : public Operator {
 public:
  FinalRanks(const plan::Rank& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  bool has_more() const override { return leaves_; }
  void go_on(Output& out) override;

 private:
  using Group = state::RankedRows::Group;

  void add(const char* row, uint64_t hash);
  void take_back(const char* row, uint64_t hash);
  // Moves the last of a partition's rows that are to leave into leaving_, as many as have room
  // there. Whether those are all.
  bool take_last(Group& group);
  // Rows of no number that is asked for.
  void drop_until(Group& group, size_t size);
  Batch leaving_rows() const;

  const plan::Rank* node_;
  TaskContext task_;
  size_t start_;  // from 0
  size_t end_;
  bool keeps_all_;
  state::RankedRows& ranked_;
  state::RowBuffer buffer_;

  bool leaves_ = false;         // the input has ended
  std::vector<uint32_t> left_;  // partitions, the next one last
  struct Leaving {
    std::vector<state::RowRef> rows;
    std::vector<int64_t> numbers;
  };
  Leaving leaving_;
};

}  // namespace millrace::exec
