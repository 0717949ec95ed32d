#pragma once

// Keeps the rows for which a predicate is true.

#include <vector>

#include "exec/operator.h"
#include "exec/task_context.h"
#include "exec/watermark_slices.h"
#include "function/repeated_parts.h"
#include "plan/nodes.h"

namespace millrace::exec {

class Filter final : public Operator {
 public:
  Filter(const plan::Filter& node, const TaskContext& task)
      : task_(task),
        predicate_(function::with_common_parts({node.predicate})),
        slices_(predicate_, task) {}

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override;

 private:
  void filter(Batch rows, Watermark now, Output& out);

  TaskContext task_;
  std::vector<function::Expression> predicate_;  // the one
  WatermarkSlices slices_;
};

}  // namespace millrace::exec
