#pragma once

// Top-N: the rows numbered `start` to `end` of each partition by their order. Each change of the
// input sends what it changes of the output, in Flink's order:
//
//   with the number      each row that moves is updated at its place: -U old, +U new, down to a +I
//                        where the last place was free, or a -D where it has become so
//   without              -D of the row that leaves, +I of the one that enters
//
// Of inputs that only insert, rows behind `end` are forgotten, and so they are where updates move
// rows ahead alone (plan::Rank::replaces_by): those name the row by its key, and the one that it
// was is found by that. Of other inputs all are kept, since they may move up.
//
// Where rows expire, those of equal order go together, as long after the last of them came or went:
// Flink keeps them in one entry. Of rows that name a key each is one, and where the order is that
// of arrival, all of a partition are.

#include <optional>

#include "exec/expiry.h"
#include "exec/operator.h"
#include "exec/row_changes.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/ranked_rows.h"
#include "state/row_index.h"

namespace millrace::exec {

class Rank final : public Operator {
 public:
  Rank(const plan::Rank& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override { out.advance(now); }

 private:
  using Group = state::RankedRows::Group;
  void add(const char* row, uint64_t hash);
  void take_back(const char* row, uint64_t hash);
  // Of inputs whose updates name a row by its key: the place of the one that it was; nothing where
  // it is not kept.
  std::optional<size_t> place_of_key(const Group& group, const char* row) const;
  uint64_t key_hash(const char* row) const { return ranked_.layout().hash(row, row_key_); }
  Group& insert(Group* group, size_t place, const char* row, uint64_t hash);
  void replace(Group& group, size_t was, const char* row, uint64_t hash);
  // The rows from where one has moved to up to where it was.
  void send_moved(const std::vector<state::RowRef>& rows, size_t to, size_t was, state::RowRef old);
  // What the rows from `place` on are, after a row was put there, or before it is taken away.
  void send_shifted_down(const std::vector<state::RowRef>& rows, size_t place);
  void send_shifted_up(const std::vector<state::RowRef>& rows, size_t place);
  void change(RowKind kind, state::RowRef row, size_t place);

  // Rows that expire together, which stand side by side: the number of the first is theirs.
  enum class Together : uint8_t { row, equals, partition };
  static Together together(const plan::Rank& node);
  bool go_together(const Group& group, size_t a, size_t b) const;
  size_t first_together(const Group& group, size_t place) const;
  void written(const Group& group, size_t place);
  void take(Group& group, size_t place);
  void unlist(state::RowRef row);
  void forget(state::RowRef row);

  const plan::Rank* node_;
  TaskContext task_;
  size_t end_;
  bool cascades_;  // rows are updated at their places
  bool keeps_all_;
  Together together_;
  Expiry expiry_;
  state::RankedRows& ranked_;
  std::vector<size_t> row_key_;  // what names a row of all partitions, where rows name one
  bool indexes_keys_;            // where a partition has too many rows to look at each
  state::RowIndex by_key_;
  state::RowBuffer buffer_;
  RowChanges changes_;
  std::vector<state::RowRef> gone_;  // taken out, but in changes_ perhaps
};

}  // namespace millrace::exec
