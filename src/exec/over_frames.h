#pragma once

// The frames of OVER, by key: what the calls have gathered of the rows in each, and those rows
// where they leave it again.
//
// A row leaves an aggregate by being taken back, where all calls can do that. Where one cannot, as
// the greatest of some values, the frame is gathered again from its rows.

#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "exec/aggregate_slots.h"
#include "exec/expiry.h"
#include "exec/task_context.h"
#include "plan/nodes.h"
#include "state/due_rows.h"
#include "state/keyed_table.h"
#include "state/row_store.h"

namespace millrace::exec {

// Which rows the calls have the same result for: each its own, or those of one time together.
enum class Peers : uint8_t { none, of_one_time };

class OverFrames {
 public:
  // `expiry` is of keys; those of frames bounded by time need none.
  OverFrames(const plan::OverAggregate& node, Peers peers, Expiry expiry, const TaskContext& task);

  // The results of all calls for each row of `batch`, all of whose rows count; rows of a key come
  // in the order of their times.
  std::vector<Column> compute(const Batch& batch, std::span<const int64_t> times);
  // How many rows to compute at a time, where each may show a long list anew.
  size_t rows_at_once() const;
  // The time of the last row of this row's key that was computed; INT64_MIN for none. Of bounded
  // frames only.
  int64_t last_time(const Batch& batch, uint32_t row);

  // Of frames bounded by time: a key keeps what it has until a while behind its last row, and then
  // forgets it. As in Flink, whose timers these are, a row is late by its key's last timer, and a
  // key that has been forgotten has none.
  bool forgets() const {
    return node_->window.preceding && node_->window.unit == plan::FrameUnit::range;
  }
  bool expires() const { return expiry_.is_on(); }
  bool lets_keys_go() const { return forgets() || expires(); }
  // Where keys forget or expire, the rows of a batch are announced, and then admitted one by one.
  void arrive(const Batch& batch);
  // Of the `nth` row that arrived: whether its key has a timer that is due by `now`; whether it is
  // in time, all rows of `now` and before being computed.
  bool has_due(size_t nth, int64_t now) const;
  bool admit(size_t nth, int64_t ms, int64_t now);
  // Keys that have been used no more; not those of which rows wait, which are computed in the end.
  // And those that have been forgotten by `now`, whose rows until then have left. Ahead of arrive()
  // and of what leaves by a watermark.
  void drop_keys(int64_t now);
  size_t memory() const { return timers_.memory(); }  // beside its tables
  // That the `nth` row waits.
  void await(size_t nth) { ++head(arrived_[nth]).frame->waiting; }

 private:
  struct Kept {
    int64_t ms;
    state::RowRef row;
  };
  // What a key keeps besides its aggregates.
  struct Frame {
    int64_t last_ms = INT64_MIN;
    std::deque<Kept> rows;
    std::deque<int64_t> timers;  // the last one forgets the key
    uint64_t waiting = 0;        // rows to be computed, where keys expire
  };
  // The beginning of a slot; the aggregates follow. All but the frame is of the batch at hand.
  struct Head {
    Frame* frame;
    uint64_t batch;
    int64_t time;
    uint32_t round;
    uint32_t gathers_again;
  };
  class Slots;

  static Head& head(char* slot) { return *reinterpret_cast<Head*>(slot); }
  static char* aggregates(char* slot) { return slot + sizeof(Head); }
  void find_slots(const Batch& batch, const Rows& rows, std::vector<char*>& slots);
  void read_keys(const Batch& batch, const Rows& rows);
  // Those of `until` and before.
  void fire_timers(char* slot, int64_t until);
  void forget(char* slot);
  void assign_rounds(std::span<const int64_t> times);
  void note_shown(std::span<char* const> states);
  void compute_round(const Batch& batch, std::span<const int64_t> times,
                     std::span<const uint32_t> rows);
  void take_back(const Batch& batch, std::span<const int64_t> times,
                 std::span<const uint32_t> rows);
  bool leaves(const Frame& frame, int64_t now) const;
  void keep(std::span<const int64_t> times, std::span<const uint32_t> rows);
  void gather_again(const Batch& batch, std::span<const uint32_t> rows);
  // Rows of kept_ under the numbers that their columns have in `batch`.
  Batch kept_batch(const Batch& batch, std::span<const state::RowRef> rows) const;

  const plan::OverAggregate* node_;
  Peers peers_;
  bool takes_back_;
  Expiry expiry_;
  std::vector<size_t> kept_columns_;  // of the input: what the calls read
  std::shared_ptr<AggregateSlots> calls_;
  size_t most_shown_ = 0;  // bytes of the results of one row, of those computed last
  state::RowStore& kept_;
  state::KeyedTable& groups_;
  state::KeyRows keys_;
  state::DueRows timers_;  // of keys, by number
  state::RowBuffer buffer_;
  uint64_t batch_number_ = 0;
  std::vector<char*> arrived_;

  // Of the batch at hand, by row.
  std::vector<char*> slots_;
  std::vector<std::vector<uint32_t>> rounds_;
};

}  // namespace millrace::exec
