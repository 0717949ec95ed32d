#pragma once

// Computes new columns from the old ones.

#include <vector>

#include "exec/operator.h"
#include "exec/task_context.h"
#include "exec/watermark_slices.h"
#include "function/repeated_parts.h"
#include "plan/nodes.h"

namespace millrace::exec {

class Project final : public Operator {
 public:
  Project(const plan::Project& node, const TaskContext& task)
      : task_(task),
        expressions_(function::with_common_parts(node.expressions)),
        slices_(node.expressions, task) {}

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override;

 private:
  void project(Batch rows, Watermark now, Output& out);

  TaskContext task_;
  std::vector<function::Expression> expressions_;
  WatermarkSlices slices_;
};

}  // namespace millrace::exec
