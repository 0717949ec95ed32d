#pragma once

// Top-N within windows: the rows numbered `start` to `end` of each partition leave once, when the
// watermark passes their window's end; rows that come later than that are counted and dropped.
// Of one row by time alone, the later of two at the same time stays where the last is wanted.

#include <map>

#include "exec/combined_watermark.h"
#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/ranked_rows.h"

namespace millrace::exec {

class WindowRank final : public Operator {
 public:
  WindowRank(const plan::WindowRank& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  std::optional<int64_t> waits_for() const override;

 private:
  void add(const char* row, int64_t end_ms);
  void fire(Watermark now, Output& out);
  void emit(const std::vector<uint32_t>& groups, Output& out);

  const plan::WindowRank* node_;
  TaskContext task_;
  size_t most_;      // rows a group
  bool later_wins_;  // of equal rows
  state::RankedRows& ranked_;
  SavedWatermark watermark_;
  std::map<int64_t, std::vector<uint32_t>> groups_by_end_;
  state::RowBuffer buffer_;
};

}  // namespace millrace::exec
