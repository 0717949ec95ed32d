#pragma once

// The automaton of MATCH_RECOGNIZE: from a run and the next row of its key the runs that follow.
// It takes every way that the pattern leaves open; which of the matches count is the operator's
// affair.
//
// As in Flink a greedy variable keeps its rows: a row that satisfies its condition is never one of
// the variables behind it, not even where the match then fails. The standard would try that, too.

#include <functional>
#include <vector>

#include "plan/nodes.h"
#include "state/row_runs.h"

namespace millrace::exec {

class MatchPattern {
 public:
  // Whether the last row of the run satisfies the condition of the run's element.
  using Holds = std::function<bool(const state::RowRun& run)>;

  // Outlived by the node.
  explicit MatchPattern(const plan::MatchRecognize& node) : elements_(&node.pattern) {}

  struct Next {
    state::RunList open;
    state::RunList complete;
  };
  // What becomes of the group's open runs with the row behind theirs, and of one that begins there.
  // Both lists of the group are heaps (run_queue.h).
  void follow(state::RowRuns::Group& group, uint64_t row, const Holds& holds) const;
  // Adds to `next` what becomes of an open run with the row behind its last one.
  void follow(const state::RowRun& run, const Holds& holds, Next& next) const;
  // The same for a run that begins with row `start`.
  void begin(uint64_t start, const Holds& holds, Next& next) const;

 private:
  static state::RowRun with_row(const state::RowRun& run, size_t element);
  bool keeps_row(const state::RowRun& run, size_t element, const Holds& holds) const;
  // The ways from element `first` on, those before it being done.
  void enter(const state::RowRun& run, size_t first, const Holds& holds, Next& next) const;
  void take(const state::RowRun& before, state::RowRun run, const Holds& holds, Next& next) const;
  bool may_end(const state::RowRun& before, const state::RowRun& run, const Holds& holds) const;

  const std::vector<plan::MatchRecognize::Element>* elements_;
};

}  // namespace millrace::exec
