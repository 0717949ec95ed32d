#pragma once

// Computes new columns from the old ones.

#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"

namespace millrace::exec {

class Project final : public Operator {
 public:
  Project(const plan::Project& node, const TaskContext& task) : node_(&node), task_(task) {}

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override { out.advance(now); }

 private:
  const plan::Project* node_;
  TaskContext task_;
};

}  // namespace millrace::exec
