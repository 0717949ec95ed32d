#pragma once

// TUMBLE, HOP and CUMULATE without an aggregation: each row once for each window it falls into,
// newest window first, with the window's bounds behind its columns. Late rows stay, as in Flink.

#include "exec/operator.h"
#include "exec/task_context.h"
#include "exec/window_assigner.h"
#include "plan/nodes.h"

namespace millrace::exec {

class WindowTableFunction final : public Operator {
 public:
  WindowTableFunction(const plan::WindowTableFunction& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override { out.advance(now); }

 private:
  Batch with_windows(const Batch& rows, std::span<const uint32_t> chosen,
                     std::span<const int64_t> ends) const;

  const plan::WindowTableFunction* node_;
  TaskContext task_;
  WindowAssigner windows_;
};

}  // namespace millrace::exec
