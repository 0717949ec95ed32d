#pragma once

// ON CONFLICT DO DEDUPLICATE: all rows of each key of the table, as they came, of which the table
// has the last. When that one is taken back the one before it is there again, and when another is,
// nothing changes. Rows of a key expire together, so long after the last of them came or went.

#include "exec/expiry.h"
#include "exec/operator.h"
#include "exec/row_changes.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/ranked_rows.h"

namespace millrace::exec {

class LatestRows final : public Operator {
 public:
  LatestRows(const plan::Resolve& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override { out.advance(now); }

 private:
  void add(const char* row, uint64_t hash);
  void take_back(const char* row, uint64_t hash);
  void written(const state::RankedRows::Group& group);

  TaskContext task_;
  Expiry expiry_;  // of rows
  state::RankedRows& rows_;
  state::RowBuffer buffer_;
  RowChanges changes_;
  std::vector<state::RowRef> gone_;  // taken out, but in changes_ perhaps
};

}  // namespace millrace::exec
