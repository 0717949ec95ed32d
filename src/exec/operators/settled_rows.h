#pragma once

// ON CONFLICT DO NOTHING and DO ERROR: one row for each key of the table, as long as the query has
// no more than one for it.
//
// A row that takes the place of another may come ahead of the end of that one, which is no
// conflict. So changes wait until the watermark rises. Then, for each key, those that undo each
// other go; the rest is applied to the row that the table has. Where several rows are left of that,
// DO ERROR ends the pipeline, and DO NOTHING leaves the table as it is, or gives it the first one
// where it has none. What was not taken is forgotten: it does not come back when the table's row
// goes.

#include <vector>

#include "exec/combined_watermark.h"
#include "exec/operator.h"
#include "exec/row_changes.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/row_index.h"

namespace millrace::exec {

class SettledRows final : public Operator {
 public:
  SettledRows(const plan::Resolve& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  std::optional<int64_t> waits_for() const override;

 private:
  using Changes = std::vector<state::RowRef>;  // of waiting_, in the order of their coming
  void rise(Watermark now);
  std::vector<Changes> waiting_by_key() const;
  void cancel(Changes& changes) const;
  void apply(const Changes& changes, std::vector<const char*>& rows) const;
  void settle(Changes changes);
  state::RowRef* find_known(const char* row, uint64_t hash);
  [[noreturn]] void fail(state::RowRef change) const;
  void send(Output& out);

  const plan::Resolve* node_;
  TaskContext task_;
  state::RowStore& rows_;     // what the table has
  state::RowStore& waiting_;  // changes since the watermark rose last; marked: taken back
  state::RowIndex by_key_;
  SavedWatermark watermark_;
  std::vector<size_t> all_columns_;
  state::RowBuffer buffer_;
  RowChanges changes_;
  Changes gone_;  // of rows_: replaced or removed, but in changes_ perhaps
};

}  // namespace millrace::exec
