#pragma once

// The automaton of MATCH_RECOGNIZE: from a run and the next row of its key the runs that follow.
// It takes every way that the pattern leaves open; which of the matches count is the operator's
// affair.
//
// As in Flink a greedy variable keeps its rows: a row that satisfies its condition is never one of
// the variables behind it, not even where the match then fails. The standard would try that, too.

#include <vector>

#include "exec/match_automaton.h"
#include "plan/nodes.h"

namespace millrace::exec {

class MatchPattern final : public MatchAutomaton {
 public:
  // Outlived by the node.
  explicit MatchPattern(const plan::MatchRecognize& node) : elements_(&node.pattern) {}

  struct Next {
    state::RunList open;
    state::RunList complete;
  };
  // The open runs are a heap, too (run_queue.h).
  void follow(state::RowRuns::Group& group, uint64_t row, const Holds& holds) const override;
  bool end(state::RowRuns::Group&) const override { return false; }
  void rule_out(state::RunList& open, const state::IsGone& is_gone) const override;
  void expire(state::RunList& open, const state::IsGone& is_gone) const override;
  // Of the matches that begin with one row the first to be complete counts.
  bool may_rule_out(const state::RowRun& open, const state::RowRun& match) const override {
    return open.start < match.start;
  }
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
