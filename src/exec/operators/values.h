#pragma once

// VALUES at work: its rows, once in the life of a pipeline, then the end of input.

#include "exec/emitter.h"
#include "exec/head.h"
#include "exec/task_context.h"
#include "plan/nodes.h"

namespace millrace::exec {

class Values final : public Head {
 public:
  Values(const plan::Values& node, const TaskContext& task);

  bool turn(Emitter& out) override;
  bool bounded() const override { return true; }
  bool finished() const override { return finished_; }

 private:
  Batch rows(size_t from, size_t count, Emitter& out) const;

  const plan::Values* node_;
  TaskContext task_;
  int64_t& given_;  // rows, as of the checkpoint
  bool finished_ = false;
};

}  // namespace millrace::exec
