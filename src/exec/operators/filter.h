#pragma once

// Keeps the rows for which a predicate is true.

#include <vector>

#include "exec/operators/each_row.h"
#include "function/repeated_parts.h"
#include "plan/nodes.h"

namespace millrace::exec {

class Filter final : public EachRow {
 public:
  Filter(const plan::Filter& node, const TaskContext& task)
      : EachRow({&node.predicate, 1}, task),
        predicate_(function::with_common_parts({node.predicate})) {}

 private:
  void handle(Batch rows, function::EvaluationContext& context, Output& out) override;

  std::vector<function::Expression> predicate_;  // the one
};

}  // namespace millrace::exec
