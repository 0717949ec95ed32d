#pragma once

// Keeps the rows for which a predicate is true.

#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"

namespace millrace::exec {

class Filter final : public Operator {
 public:
  // `node` outlives this, as for every operator.
  Filter(const plan::Filter& node, const TaskContext& task) : node_(&node), task_(task) {}

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override { out.advance(now); }

 private:
  const plan::Filter* node_;
  TaskContext task_;
};

}  // namespace millrace::exec
