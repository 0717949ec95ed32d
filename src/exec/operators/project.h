#pragma once

// Computes new columns from the old ones.

#include <vector>

#include "exec/operators/each_row.h"
#include "function/repeated_parts.h"
#include "plan/nodes.h"

namespace millrace::exec {

class Project final : public EachRow {
 public:
  Project(const plan::Project& node, const TaskContext& task)
      : EachRow(node.expressions, task),
        expressions_(function::with_common_parts(node.expressions)) {}

 private:
  void handle(Batch rows, function::EvaluationContext& context, Output& out) override;

  std::vector<function::Expression> expressions_;
};

}  // namespace millrace::exec
