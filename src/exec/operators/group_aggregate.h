#pragma once

// GROUP BY without a window. Each row that comes changes its group, and the group's new row goes
// out at once: +I the first time, then -U and +U where the result is another one, -D when its last
// row has left. That is Flink's contract without mini-batches, row for row. A row taken back of a
// group that is not there is passed over.
//
// Where groups expire, a group's row goes out again even where it is the same, so that what it
// keeps alive behind this does not expire first.

#include "exec/aggregate_slots.h"
#include "exec/expiry.h"
#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/keyed_table.h"

namespace millrace::exec {

class GroupAggregate final : public Operator {
 public:
  GroupAggregate(const plan::GroupAggregate& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override { out.advance(now); }

 private:
  // What became of a row's group.
  enum class Fate : uint8_t { begun, changed, gone };

  // Finds the groups of key rows [from, to), which are rows of the batch; fills rows_, slots_ and
  // fates_. Groups that end go into ended_ and can be read until forget(). Returns where it ended:
  // ahead of `to` where the groups' results are long, of which each row shows its group's anew.
  size_t find_groups(const Batch& batch, size_t from, size_t to);
  void note(const char* group, Fate fate);
  void forget();
  Batch changes(const Batch& batch);
  // Of groups of which only the row after each change goes out, whatever it was before.
  Batch rows_after(const Batch& batch);
  // Which of the rows found, and of which side: 2 * i before row i, 2 * i + 1 after it.
  std::vector<uint32_t> choose(const std::vector<Column>& results,
                               std::vector<RowKind>& kinds) const;

  const plan::GroupAggregate* node_;
  TaskContext task_;
  std::shared_ptr<AggregateSlots> slot_kind_;
  Expiry expiry_;  // of groups
  state::KeyedTable& groups_;
  function::Sides sides_;  // of a group's row that are looked at

  // Of the rows at hand; kept for their memory.
  state::KeyRows keys_;
  std::vector<Column> key_columns_;
  std::vector<uint32_t> rows_;
  std::vector<char*> slots_;
  std::vector<Fate> fates_;
  std::vector<char*> ended_;
};

}  // namespace millrace::exec
