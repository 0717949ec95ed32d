#pragma once

// What becomes of the runs of a key in MATCH_RECOGNIZE with each of its rows: as Flink has it
// (match_pattern.h) or as SQL has it (match_steps.h). Open runs are in an order of the automaton's
// own, the one that begins first ahead of all; matches are a heap (state/run_queue.h).

#include <cstdint>
#include <functional>

#include "state/row_runs.h"
#include "state/run_queue.h"

namespace millrace::exec {

class MatchAutomaton {
 public:
  // Whether the last row of the run satisfies the condition of the run's element.
  using Holds = std::function<bool(const state::RowRun& run)>;

  virtual ~MatchAutomaton() = default;

  // What becomes of the group's open runs with the row behind theirs, and of one that begins there.
  virtual void follow(state::RowRuns::Group& group, uint64_t row, const Holds& holds) const = 0;
  // What becomes of them where no row follows; false where they wait on, as in Flink.
  virtual bool end(state::RowRuns::Group& group) const = 0;
  // Of the open runs some are ruled out by a match, or their time is over.
  virtual void rule_out(state::RunList& open, const state::IsGone& is_gone) const = 0;
  virtual void expire(state::RunList& open, const state::IsGone& is_gone) const = 0;
  // Whether the match has to wait, for what the open run may come to.
  virtual bool may_rule_out(const state::RowRun& open, const state::RowRun& match) const = 0;
};

}  // namespace millrace::exec
