#pragma once

// OVER: aggregates of each row and of those before it, rows of a key being taken in the order of
// time. By event time a row waits until the watermark reaches it; by processing time it leaves as
// it comes. A frame that is a range of processing time is computed as by event time, with the clock
// as the watermark (ProcessingTimeWindows).
//
// A row is late, counted and dropped, where its time has passed already: by the watermark where the
// frame is unbounded, by the last row of its key that left where it is bounded, as in Flink. A key
// of frames bounded by time is forgotten a while behind its last row.
//
// Rows that leave together are computed in rounds, in each of which a key has one row, or its rows
// of one time where the frame is a range: a round is one call of each aggregate for all its keys.

#include "exec/combined_watermark.h"
#include "exec/operator.h"
#include "exec/over_frames.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/waiting_rows.h"

namespace millrace::exec {

class OverAggregate final : public Operator {
 public:
  OverAggregate(const plan::OverAggregate& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  std::optional<int64_t> waits_for() const override;

 private:
  void push_by_arrival(Batch batch, Output& out);
  void push_by_time(Port port, const Batch& batch, Output& out);
  bool is_late(const Batch& batch, size_t row, int64_t ms, Watermark now, Output& out);
  bool admit(size_t nth, int64_t ms, Watermark now, Output& out);
  // Sends the waiting rows of `now` and before.
  void leave(Watermark now, Output& out);
  // The rows of a batch with the calls' results as columns behind theirs.
  void compute(Batch& batch, std::span<const int64_t> times);
  static void push_in_parts(const Batch& batch, Output& out);

  const plan::OverAggregate* node_;
  TaskContext task_;
  bool leaves_at_once_;
  OverFrames frames_;
  state::WaitingRows& waiting_;
  SavedWatermark watermark_;
  state::RowBuffer buffer_;
};

}  // namespace millrace::exec
