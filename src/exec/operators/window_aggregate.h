#pragma once

// Groups rows by key and event-time window. A group leaves once, when the watermark passes its
// window's end; a row whose windows have all fired before it came is late: counted and dropped.
// Rows without an event time are rejected.
//
// Where the node's updates say so, a row tells at once what it has made of the groups of its
// windows, ahead of their end or so late behind it (window_changes.h), until which they are kept.
//
// Where windows overlap by whole panes, and the calls can be merged, a row is added once, to its
// pane, and a window that fires is merged of its panes; else a row is added to each of its windows.
//
// Invariant: every group in groups_ belongs to a window, or to a pane of one, that takes rows at
// watermark_.

#include "exec/aggregate_slots.h"
#include "exec/combined_watermark.h"
#include "exec/operator.h"
#include "exec/operators/window_changes.h"
#include "exec/task_context.h"
#include "exec/window_assigner.h"
#include "plan/nodes.h"
#include "state/timed_table.h"

namespace millrace::exec {

class WindowAggregate final : public Operator {
 public:
  WindowAggregate(const plan::WindowAggregate& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  std::optional<int64_t> waits_for() const override;

 private:
  // Rows between two firings, all judged by the same watermark.
  void gather(const Batch& batch, const Rows& rows, Output& out);
  void gather_windows(const Batch& batch, Output& out);
  void gather_window(const Batch& batch, size_t number, Output& out);
  void tell(const Batch& batch, Output& out);
  size_t told_at_once(size_t from) const;
  Watermark next_change() const;
  bool is_closed(int64_t end) const;
  void fire(Watermark now, Output& out);
  void tell_ended(Watermark before, int64_t last_end, Output& out) const;
  void fire_panes(Watermark before, int64_t last_end, Output& out);
  state::Bucket merged(int64_t end, state::Parts parts) const;
  void emit(int64_t end, const state::Bucket& groups, Output& out) const;
  int64_t property(plan::WindowProperty property, int64_t end) const;

  const plan::WindowAggregate* node_;
  TaskContext task_;
  WindowAssigner windows_;
  const bool by_pane_;
  const int64_t late_ms_;  // that rows may be for a window that has fired
  std::shared_ptr<AggregateSlots> slots_;
  state::TimedTable& groups_;
  SavedWatermark watermark_;
  WindowChanges changes_;

  // Of the batch at hand; kept for their memory. Entry i of which_, ends_, rows_ and slot_of_
  // speak of one row in one window.
  state::KeyRows keys_;
  std::vector<Column> key_columns_;
  struct Timely {
    uint32_t row;  // of the batch
    uint32_t key;  // row of keys_
    int64_t ms;
    int64_t last_end;  // of its windows
  };
  std::vector<Timely> timely_;
  std::vector<Timely> waiting_;
  std::vector<uint32_t> which_;
  std::vector<uint32_t> rows_;
  std::vector<int64_t> ends_;
  std::vector<char*> slot_of_;
};

}  // namespace millrace::exec
