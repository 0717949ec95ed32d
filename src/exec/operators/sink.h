#pragma once

// The end of a pipeline: hands rows to the connector's sink. A NULL in a NOT NULL column never
// reaches it: such a row goes to the dead letters (Flink stops the job there), or is dropped where
// 'table.exec.sink.not-null-enforcer' = 'DROP' asks for it.

#include <vector>

#include "exec/operator.h"
#include "exec/sink.h"
#include "exec/task_context.h"
#include "plan/nodes.h"

namespace millrace::exec {

class SinkOperator final : public Operator {
 public:
  // `sink` outlives this.
  SinkOperator(const plan::Sink& node, Sink& sink, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;

 private:
  void drop_null(Batch& rows, size_t column);

  TaskContext task_;
  bool drops_;
  struct NotNull {
    size_t column;
    std::string reason;
  };
  std::vector<NotNull> not_null_;
  Sink* sink_;
};

}  // namespace millrace::exec
