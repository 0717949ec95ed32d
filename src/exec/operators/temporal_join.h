#pragma once

// The join with a table's versions, FOR SYSTEM_TIME AS OF: a left row waits until the watermark
// reaches its time, and then meets the version of its key that holds at that time, which is the
// last whose own time is not behind it. A left row that goes, or an update's old one, waits and
// meets as others do, by its own time, and leaves as the change that it is; a version may come
// late, and be replaced or ended by a -D of a later time.
//
// As in Flink: a version ended is no match; a -U, which comes only where the +U after it might be
// dropped on its way, ends the version of its own time, wherever the +U begins one. What is due of
// a key, the first of its waiting rows and of its versions that came since the last time, has it
// forget, once the watermark reaches that, its versions but for the last that the watermark has
// passed and those ahead of it: so a left row that comes late may find that its version is gone.

#include <optional>
#include <vector>

#include "exec/combined_watermark.h"
#include "exec/join_side.h"
#include "exec/joined_pairs.h"
#include "exec/operator.h"
#include "exec/pair_condition.h"
#include "exec/temporal_keys.h"
#include "exec/waiting_changes.h"
#include "state/due_rows.h"

namespace millrace::exec {

class TemporalJoin final : public Operator {
 public:
  TemporalJoin(const plan::Join& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  void idle(Port port, Output& out) override;
  void resume(Port port, Output& out) override;
  std::optional<int64_t> waits_for() const override { return left_.waiting().first(); }

 private:
  void add_left(size_t i, RowKind kind, int64_t ms);
  void add_version(size_t i, RowKind kind, int64_t ms, Output& out);
  // The last version of a key whose time is not behind `ms`.
  state::RowRef version_at(state::RowRef last_of_key, int64_t ms) const;
  // The last one to come of a left row's key, and of a version's.
  state::RowRef last_for(state::RowRef left) const;
  state::RowRef last_of_key(state::RowRef version) const;
  int64_t time_of(state::RowRef version) const;
  uint32_t state_of(state::RowRef version) const;
  bool has_come(state::RowRef version) const;

  // Left rows whose time has come meet their versions, and the watermark moves on behind them.
  void pass(Watermark now, Output& out);
  void meet(const std::vector<state::Due>& left, Output& out);
  // The keys of which something was due.
  void forget_versions(Watermark now);
  // The versions of a key that are behind the last that holds at `now`.
  void forget_older(state::RowRef last_of_key, Watermark now);
  void forget(state::RowRef version);
  // Keys that nobody has used, with all that there is of them.
  void drop_expired();
  // Sends what has been joined; then the left rows may go, and the versions too that are forgotten.
  void send_met(Output& out);
  void send(Output& out);
  void finish(Output& out);

  const plan::Join* node_;
  TaskContext task_;
  JoinKey left_key_;
  JoinKey right_key_;
  WaitingChanges left_;
  JoinSide versions_;                 // a row's number of matches says what has become of it
  state::DueRows due_;                // versions that came since something of their key was due
  std::optional<TemporalKeys> keys_;  // where state expires
  PairCondition condition_;
  JoinedPairs joined_;
  CombinedWatermark watermark_;
  Watermark passed_;
  std::vector<state::RowRef> due_keys_;  // a version of each key of which something is due now
  std::vector<state::Due> met_;          // until what they joined with is sent
  std::vector<state::RowRef> gone_;      // likewise, of versions
};

}  // namespace millrace::exec
