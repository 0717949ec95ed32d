#pragma once

// The window join: rows meet that are in the same window, whose start and end are among the keys.
// They are kept until the watermark passes the window's end, and then all of the window leave
// together: pairs, rows without a match where their side is padded, or of semi and anti joins the
// left rows that have a match or have none. What comes later than that is late.

#include <vector>

#include "exec/combined_watermark.h"
#include "exec/join_side.h"
#include "exec/joined_pairs.h"
#include "exec/operator.h"
#include "exec/pair_condition.h"
#include "state/due_rows.h"

namespace millrace::exec {

class WindowJoin final : public Operator {
 public:
  WindowJoin(const plan::Join& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  void idle(Port port, Output& out) override;
  void resume(Port port, Output& out) override;
  std::optional<int64_t> waits_for() const override;

 private:
  struct Input {
    JoinSide rows;
    size_t end_column;
    // Whether rows leave that match nothing; others are not kept where they cannot match.
    bool leaves_alone;
    state::DueRows due = {};  // by the end of their window

    int64_t end_of(state::RowRef row) const;
    // Those whose window has ended.
    std::vector<state::RowRef> take_due(Watermark now);
    void remove(const std::vector<state::RowRef>& gone);
  };
  static Input make_input(const plan::Join& node, Side side, const TaskContext& task);

  void add(Input& own, size_t i, int64_t end_ms);
  void fire(Watermark now, Output& out);
  void join(const std::vector<state::RowRef>& left, Output& out);
  void settle(const std::vector<state::RowRef>& left, Output& out);
  void finish(Output& out);

  const plan::Join* node_;
  TaskContext task_;
  Input left_;
  Input right_;
  PairCondition condition_;
  JoinedPairs joined_;
  CombinedWatermark watermark_;
  Watermark fired_;
  std::vector<RowPair> pairs_;
  std::vector<size_t> ends_;  // by left row: where its pairs end
};

}  // namespace millrace::exec
