#pragma once

// MATCH_RECOGNIZE: rows of a key wait until the watermark reaches their time, and then go through
// the pattern (match_pattern.h) in their order. A row that comes later than that is late. Ordered
// by the time of processing they go through it as they come; WITHIN then ends a run when the next
// row of its key comes, as in Flink.
//
// As in Flink every row may begin a run; a match goes out once no run that began before it is open
// any more, and then the skip strategy does away with the runs that it rules out. So of the runs
// that begin with one row the first to be complete is the match. A run that WITHIN has passed ends.
//
// Where NEXT looks at rows further on, each row waits until as many of its key have come behind it,
// or no more come. A row of no match is shown, where that is asked for, once no run can have it.

#include <memory>
#include <vector>

#include "exec/combined_watermark.h"
#include "exec/match_automaton.h"
#include "exec/match_cells.h"
#include "exec/operator.h"
#include "exec/task_context.h"
#include "state/due_rows.h"
#include "state/row_order.h"
#include "state/waiting_rows.h"

namespace millrace::exec {

class MatchRecognize final : public Operator {
 public:
  MatchRecognize(const plan::MatchRecognize& node, const TaskContext& task);

  void push(Port port, Batch rows, Output& out) override;
  void advance(Port port, Watermark now, Output& out) override;
  std::optional<int64_t> waits_for() const override { return waiting_.first(); }

 private:
  // A condition over the row at hand alone is computed for many rows at once.
  struct Condition {
    std::optional<function::Expression> of_row;  // over the input
    std::vector<bool> holds;                     // by row of the batch
    std::optional<MatchCells> cells;             // where it needs more than the row
  };

  Condition make_condition(size_t element) const;
  void push_waiting(const Batch& batch, Output& out);
  void push_arrived(const Batch& batch, Output& out);
  void leave(Watermark now, Output& out);
  void sort_by_order(std::vector<state::Due>& due) const;
  void compute_conditions(const Batch& batch, Output& out);
  void take_row(const Batch& batch, size_t i, int64_t ms, Output& out);
  void take_waiting(uint32_t group, uint64_t row, Output& out);
  void follow(uint32_t group, uint64_t row, int64_t ms, const MatchAutomaton::Holds& holds,
              Output& out);
  bool ends_by_watermark() const;
  bool holds(const state::RowRuns::Group& group, const state::RowRun& run, const Batch& batch,
             size_t i, Output& out);

  void end_runs(uint32_t group, int64_t now_ms, Output& out);
  void end_due_runs(Watermark now, Output& out);
  // When WITHIN ends a run.
  int64_t end_of(const state::RowRuns::Group& group, const state::RowRun& run) const;
  int64_t settled_at(const state::RowRuns::Group& group, const state::RowRun& match) const;
  // The first watermark behind the last one that is at `ms` or behind it, `now_ms` at the latest.
  int64_t first_passed(int64_t ms, int64_t now_ms) const;
  int64_t time_of(state::RowRef row) const;
  // Matches that no open run may rule out any more go out.
  void settle(state::RowRuns::Group& group, Output& out);
  void end_matches(Output& out);
  void end_matches(uint32_t group, Output& out);
  // The rows below this number begin no run any more.
  uint64_t skipped_by(const state::RowRun& match) const;
  void emit(const state::RowRuns::Group& group, const state::RowRun& match, Output& out);
  // `run` is the match up to the row.
  void emit_row(const state::RowRuns::Group& group, uint64_t row, const state::RowRun& run,
                const state::RowRun& match, Output& out);
  void show_unmatched(state::RowRuns::Group& group, uint64_t until, Output& out);
  void send_matched(Output& out);
  void send_unmatched(Output& out);
  void flush(Output& out);

  const plan::MatchRecognize* node_;
  TaskContext task_;
  uint32_t rows_behind_;  // that a row waits for
  std::unique_ptr<MatchAutomaton> automaton_;
  state::WaitingRows& waiting_;
  state::RowRuns& runs_;
  state::RowOrder order_;
  SavedWatermark watermark_;
  std::vector<int64_t> passed_;  // watermarks since that one, in their order
  int64_t settled_ms_ = 0;       // what makes matches count comes at this time: a row, a watermark
  state::RowBuffer buffer_;
  std::vector<Condition> conditions_;  // of variables
  std::vector<size_t> condition_of_;   // by element
  MatchCells measures_;
  std::vector<state::RowRef> matched_;    // the first row of each match to be sent, or each row
  std::vector<state::RowRef> unmatched_;  // or rows of no match
  std::vector<state::RowRef> gone_;       // until those are sent
  state::DueRows ends_;                   // groups, by when their runs are to end
};

}  // namespace millrace::exec
