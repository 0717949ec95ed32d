#pragma once

// What aggregates have gathered of a frame that moves over the rows of a partition: rows come at
// its end and are taken back at its beginning, where the functions can do that. Where they cannot,
// or where it moves back, it is gathered again from its rows.

#include <vector>

#include "exec/aggregate_slots.h"
#include "exec/sorted_partition.h"

namespace millrace::exec {

enum class Takes : uint8_t { back, nothing_back };

class MovingFrame {
 public:
  // Slots and rows outlive this.
  MovingFrame(AggregateSlots& slots, const Batch& rows, Takes takes);
  ~MovingFrame();
  MovingFrame(const MovingFrame&) = delete;
  MovingFrame& operator=(const MovingFrame&) = delete;

  // Whether it was elsewhere before.
  bool move_to(const RowFrame& frame);
  // A column of one row for each aggregate.
  std::vector<Column> results();

 private:
  void empty_at(uint32_t row);
  void update(const Batch& rows, uint32_t from, uint32_t to);
  char* slot() { return reinterpret_cast<char*>(gathered_.data()); }

  AggregateSlots* slots_;
  const Batch* coming_;
  Batch going_;  // the same rows, taken back
  Takes takes_;
  std::vector<int64_t> gathered_;
  RowFrame now_{0, 0};
};

}  // namespace millrace::exec
