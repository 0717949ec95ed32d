#pragma once

// GROUPING SETS below their aggregation: each row once a set, with NULL for the keys that the set
// does not have, and the set's number.

#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"

namespace millrace::exec {

class Expand final : public Operator {
 public:
  Expand(const plan::Expand& node, const TaskContext& task) : node_(&node), task_(task) {}

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override { out.advance(now); }

 private:
  // Each of `rows` (of the batch) once a set.
  Batch expanded(const Batch& batch, std::span<const uint32_t> rows) const;
  Column key(const Column& column, size_t number, size_t rows) const;

  const plan::Expand* node_;
  TaskContext task_;
};

}  // namespace millrace::exec
