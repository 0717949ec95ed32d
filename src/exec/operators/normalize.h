#pragma once

// Makes changes of whole rows out of upserts: the row of each key is kept, so that it can be taken
// back. A row that comes again as it was sends nothing, unless rows expire, so that what it keeps
// alive behind this does not expire first. Neither does the end of a key that is not there. Where
// rows are filtered, one that does not pass ends its key.

#include "exec/expiry.h"
#include "exec/operator.h"
#include "exec/rejecting.h"
#include "exec/row_changes.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/row_index.h"

namespace millrace::exec {

class Normalize final : public Operator {
 public:
  Normalize(const plan::Normalize& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override { out.advance(now); }

 private:
  Selection staying(Batch& batch, Output& out) const;
  state::RowRef* find(const char* row, uint64_t hash);
  void put(const char* row, uint64_t hash);
  void remove(const char* row, uint64_t hash);
  void forget(state::RowRef row);

  const plan::Normalize* node_;
  std::vector<function::Expression> condition_;  // none, or the one
  TaskContext task_;
  Expiry expiry_;  // of rows
  state::RowStore& rows_;
  state::RowIndex by_key_;
  state::RowBuffer buffer_;
  RowChanges changes_;
  std::vector<state::RowRef> gone_;  // replaced or removed, but in changes_ perhaps
};

}  // namespace millrace::exec
