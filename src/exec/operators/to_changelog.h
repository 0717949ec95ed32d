#pragma once

#include <array>

#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"

namespace millrace::exec {

// Sends each change on as a row that stays, with the word for what it was behind its columns.
class ToChangelog final : public Operator {
 public:
  ToChangelog(const plan::ToChangelog& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override { out.advance(now); }

 private:
  TaskContext task_;
  Column words_;                  // by the kind of change
  std::array<bool, 4> is_named_;  // by the kind of change: it has a word
};

}  // namespace millrace::exec
