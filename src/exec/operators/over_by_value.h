#pragma once

// OVER ordered by a value in place of a time: aggregates of all rows of a key that come before a
// row in that order, and, where the frame is a range, of those beside it. A row that comes or goes
// changes what those behind it are, so each of them is sent again: -U as it was, +U as it is. A row
// whose results stay the same is not.
//
// A change reads all rows of its key, as it does in Flink, and computes them twice: with the row
// that comes or goes, and without it.
//
// Rows of a key expire together, so long after the last of them came or went: in Flink each row has
// a time of its own, but what has been gathered of it stays with the rows behind it.

#include <vector>

#include "exec/aggregate_slots.h"
#include "exec/expiry.h"
#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/ranked_rows.h"

namespace millrace::exec {

class OverByValue final : public Operator {
 public:
  OverByValue(const plan::OverAggregate& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override { out.advance(now); }

 private:
  using Group = state::RankedRows::Group;

  void add(RowKind kind, const char* row, uint64_t hash, Output& out);
  void take_back(const char* row, uint64_t hash, Output& out);
  void written(const Group& group);
  Batch rows_of(const Group& group) const;
  // The results of all calls for each row, as they are without the one at `left_out`. Those of that
  // row mean nothing; there are none at all where it is the only one.
  std::vector<Column> results(const Group& group, const Batch& rows, size_t left_out);
  // The first row with the place in the order that row `at` has.
  size_t first_peer(const Group& group, size_t at) const;
  bool are_peers(state::RowRef a, state::RowRef b) const;

  const plan::OverAggregate* node_;
  TaskContext task_;
  AggregateSlots calls_;
  Expiry expiry_;  // of rows
  state::RankedRows& ranked_;
  state::RowBuffer buffer_;
};

}  // namespace millrace::exec
