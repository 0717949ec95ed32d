#pragma once

// Groups rows by key and session: a row within the gap of another belongs with it, and a row
// between two sessions makes one of them. A session leaves once, when the watermark passes its end;
// a row that would begin a session which has ended already is late: counted and dropped. A row that
// is taken back belongs where it was: it keeps a session as long, and goes out of what it counts.
//
// Invariant: every session in sessions_ ends after watermark_.

#include "exec/aggregate_slots.h"
#include "exec/combined_watermark.h"
#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/session_table.h"

namespace millrace::exec {

class SessionAggregate final : public Operator {
 public:
  SessionAggregate(const plan::WindowAggregate& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  std::optional<int64_t> waits_for() const override;

 private:
  void gather(const Batch& batch, uint32_t row, uint32_t key, int64_t ms, Output& out);
  state::Session* session_of(const Batch& batch, uint32_t key, int64_t ms);
  // Gives the rows gathered so far to their sessions' aggregates.
  void flush(const Batch& batch);
  void fire(Watermark now, Output& out);
  void emit(std::span<state::Session* const> ended, Output& out) const;
  Column property(plan::WindowProperty property, const Type& type,
                  std::span<state::Session* const> ended) const;

  const plan::WindowAggregate* node_;
  TaskContext task_;
  std::shared_ptr<AggregateSlots> slots_;
  state::SessionTable& sessions_;
  SavedWatermark watermark_;

  // Of the batch at hand. Entry i of slot_of_ and rows_ speak of one row.
  state::KeyRows keys_;
  std::vector<char*> slot_of_;
  std::vector<uint32_t> rows_;
};

}  // namespace millrace::exec
