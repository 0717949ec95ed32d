#pragma once

// SESSION without an aggregation: rows of a key that lie no further apart than the gap leave
// together, in the order in which they came, once the watermark passes the end of their session,
// with its bounds behind their columns. A row that would begin a session which has ended already is
// late: counted and dropped.
//
// Invariant: every session in sessions_ ends after watermark_.

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "exec/combined_watermark.h"
#include "exec/operator.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/row_store.h"
#include "state/session_table.h"

namespace millrace::exec {

class SessionRows final : public Operator {
 public:
  SessionRows(const plan::WindowTableFunction& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  std::optional<int64_t> waits_for() const override;

 private:
  class Slots;

  // Null for a row that is late.
  state::Session* session_of(size_t key, int64_t ms);
  void fire(Watermark now, Output& out);
  void emit(std::span<state::Session* const> ended, Output& out);
  Batch rows_of(std::span<state::Session* const> sessions, std::span<const state::RowRef> rows);

  const plan::WindowTableFunction* node_;
  TaskContext task_;
  state::RowStore& kept_;
  state::SessionTable& sessions_;
  SavedWatermark watermark_;
  state::KeyRows keys_;
  state::RowBuffer buffer_;
};

}  // namespace millrace::exec
