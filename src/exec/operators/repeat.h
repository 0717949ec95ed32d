#pragma once

#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"

namespace millrace::exec {

// Sends each row as many times as a column of it says, of whatever kind it is.
class Repeat final : public Operator {
 public:
  Repeat(const plan::Repeat& node, const TaskContext&) : node_(&node) {}

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override { out.advance(now); }

 private:
  const plan::Repeat* node_;
};

}  // namespace millrace::exec
