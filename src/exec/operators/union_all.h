#pragma once

// Several inputs become one; their watermarks become the least of them.

#include "exec/combined_watermark.h"
#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"

namespace millrace::exec {

class UnionAll final : public Operator {
 public:
  UnionAll(const plan::UnionAll& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  void idle(Port port, Output& out) override;
  void resume(Port port, Output& out) override;

 private:
  CombinedWatermark watermark_;
};

}  // namespace millrace::exec
