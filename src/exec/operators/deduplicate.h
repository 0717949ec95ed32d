#pragma once

// One row a key: the first or the last, by arrival or by event time.
//
//   first, by arrival      leaves as it comes
//   first, by event time   leaves when the watermark reaches it, so that none earlier can follow;
//                          rows behind the watermark are late
//   last                   replaces the one before: -U, +U

#include "exec/combined_watermark.h"
#include "exec/expiry.h"
#include "exec/operator.h"
#include "exec/row_changes.h"
#include "exec/task_context.h"
#include "plan/deduplication.h"
#include "plan/nodes.h"
#include "state/row_index.h"
#include "state/row_order.h"
#include "state/waiting_rows.h"

namespace millrace::exec {

// Keeps the first row a key by event time.
class KeepFirstInTime final : public Operator {
 public:
  KeepFirstInTime(const plan::Rank& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  std::optional<int64_t> waits_for() const override { return waiting_.first(); }

 private:
  void drop_expired();
  // What the watermark has reached goes into left_, with the watermark behind it.
  void rise(Watermark now, Output& out);
  void leave(std::span<const state::Due> due);
  void send(Output& out);
  void forget(state::RowRef key);
  bool is_known(const char* row, uint64_t hash) const;

  const plan::Rank* node_;
  TaskContext task_;
  state::WaitingRows& waiting_;
  state::RowStore& known_;  // keys whose row has left
  Expiry expiry_;           // of these
  std::vector<size_t> known_key_;
  state::RowIndex known_by_key_;
  SavedWatermark watermark_;
  state::RowBuffer buffer_;
  RowChanges left_;
  std::vector<state::Due> due_;  // to be released once left_ is sent
};

// Keeps the first row a key by arrival, or the last by arrival or event time.
class Deduplicate final : public Operator {
 public:
  Deduplicate(const plan::Rank& node, const plan::Deduplication& what, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port, Watermark now, Output& out) override { out.advance(now); }

 private:
  void take(const char* row, uint64_t hash);
  void forget(state::RowRef row);
  bool replaces(const char* old, const char* row) const;

  const plan::Rank* node_;
  TaskContext task_;
  plan::Deduplication what_;
  Expiry expiry_;  // of rows
  state::RowStore& rows_;
  std::vector<size_t> compared_;  // all columns but the time of processing
  state::RowOrder by_time_;
  state::RowIndex by_key_;
  state::RowBuffer buffer_;
  RowChanges changes_;
  std::vector<state::RowRef> gone_;  // replaced, but in changes_ perhaps
};

std::unique_ptr<Operator> make_rank(const plan::Rank& node, const TaskContext& task);

}  // namespace millrace::exec
