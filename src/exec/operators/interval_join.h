#pragma once

// The interval join: rows meet whose event times are no further apart than the interval says. A row
// is kept until the watermark shows that no row of the other side can reach it any more; then it
// leaves with NULLs, where its side is padded and it has met none.
//
// What meets, and that the watermark is held back by the longer of the two waits, is as in Flink.
// Flink forgets a row up to half an interval later than it might, at a time that depends on the
// other rows of its key, and so lets some rows meet that came late; here a row is forgotten when
// its time is over, whatever else came. A padded row is never late behind the join.
//
// Pairs of a batch are collected first, then the condition is computed for all of them, then they
// leave in order, with the watermarks that moved among them.

#include "exec/combined_watermark.h"
#include "exec/join_side.h"
#include "exec/joined_pairs.h"
#include "exec/operator.h"
#include "exec/pair_condition.h"
#include "state/due_rows.h"

namespace millrace::exec {

class IntervalJoin final : public Operator {
 public:
  IntervalJoin(const plan::Join& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  void idle(Port port, Output& out) override;
  void resume(Port port, Output& out) override;

 private:
  struct Input {
    JoinSide rows;
    size_t time_column;
    int64_t waits_ms;  // how far the watermark is behind a row's time when the row is of no use
    bool pads;
    state::DueRows due = {};  // by time and waits_ms

    int64_t time_of(state::RowRef row) const;
  };
  // A row of the batch at hand, and the watermark when it came.
  // A row of the batch at hand.
  struct Place {
    uint32_t row;   // as batches count them
    size_t number;  // among those that are selected
  };
  struct Arrival {
    state::RowRef row;
    uint32_t place;  // in the batch
    int64_t due_ms;
    Watermark now;
    size_t pairs_end;
  };
  static Input make_input(const plan::Join& node, Side side, const TaskContext& task);

  Input& input(Side side) { return side == Side::left ? left_ : right_; }
  Input& other(Side side) { return side == Side::left ? right_ : left_; }
  bool may_meet(int64_t left_ms, int64_t right_ms) const {
    return left_ms - right_ms >= times_.from_ms && left_ms - right_ms <= times_.to_ms;
  }

  void arrive(Side side, Place place, int64_t ms, Watermark now);
  // Sends what the arrivals join with.
  void settle(Side side, const Batch& batch, Output& out);
  void settle(Side side, const Batch& batch, const Arrival& arrival, bool met, Output& out);
  // Rows whose time is over leave, and the watermark moves on behind them.
  void pass(Watermark now, Output& out);
  void leave(Side side, Watermark now, Output& out);
  void send(Side side, state::RowRef row, state::RowRef other, Output& out);
  void finish(Output& out);

  TaskContext task_;
  plan::Join::Times times_;
  Input left_;
  Input right_;
  PairCondition condition_;
  JoinedPairs joined_;
  CombinedWatermark watermark_;
  Watermark passed_;
  int64_t delay_ms_;
  std::vector<Arrival> arrivals_;
  std::vector<RowPair> pairs_;
  std::vector<state::RowRef> gone_[2];  // until what they joined with is sent
};

}  // namespace millrace::exec
