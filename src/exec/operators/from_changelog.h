#pragma once

#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"

namespace millrace::exec {

// Sends each row on as the change that a word in it says. A row without a word that is known is
// rejected.
class FromChangelog final : public Operator {
 public:
  FromChangelog(const plan::FromChangelog& node, const TaskContext&) : node_(&node) {}

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override { out.advance(now); }

 private:
  std::string reason_against(const std::string& word) const;

  const plan::FromChangelog* node_;
};

}  // namespace millrace::exec
