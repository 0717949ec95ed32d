#pragma once

// What aggregates have gathered of a frame that moves over the rows of a partition: rows come at
// its end and are taken back at its beginning, where the functions can do that. Where they cannot,
// or where it moves back, it is gathered anew from its rows.
//
// Rows that come and go are steps, many of which are made at once; the result of a frame is that
// of the last of its steps.

#include <memory>
#include <vector>

#include "exec/aggregate_slots.h"
#include "exec/sorted_partition.h"

namespace millrace::exec {

enum class Takes : uint8_t { back, nothing_back };

class MovingFrame {
 public:
  // Calls, their slots, and rows outlive this.
  MovingFrame(const std::vector<plan::AggregateCall>& calls, AggregateSlots& slots,
              const Batch& rows, Takes takes);
  ~MovingFrame();
  MovingFrame(const MovingFrame&) = delete;
  MovingFrame& operator=(const MovingFrame&) = delete;

  void move_to(const RowFrame& frame);
  // A column for each aggregate: its result for each frame that this was moved to.
  std::vector<Column> results();

 private:
  using Slot = std::unique_ptr<int64_t[]>;
  char* slot() const { return reinterpret_cast<char*>(gathered_.back().get()); }
  void begin_anew(uint32_t row);
  void add_steps(RowKind kind, uint32_t from, uint32_t to);
  void make_steps();
  // The result of no rows at all.
  void add_empty();
  void drop_slots(size_t but);

  const std::vector<plan::AggregateCall>* calls_;
  AggregateSlots* slots_;
  const Batch* rows_;
  std::vector<size_t> read_;  // columns
  Takes takes_;
  RowFrame now_{0, 0};
  std::vector<Slot> gathered_;  // the last one is of the frame, those before of steps to be made

  // Steps to be made.
  std::vector<uint32_t> step_rows_;
  std::vector<RowKind> step_kinds_;
  std::vector<char*> step_slots_;
  std::vector<uint32_t> wanted_;  // whose results are

  std::vector<std::vector<Column>> parts_;  // by call: results so far
  uint32_t results_ = 0;                    // with those that are wanted
  std::vector<uint32_t> result_of_;         // by frame
};

}  // namespace millrace::exec
