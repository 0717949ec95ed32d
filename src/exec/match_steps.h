#pragma once

// The automaton of MATCH_RECOGNIZE for patterns that Flink has not: groups, branches, variables
// that come back. Of the matches that begin with one row it finds the one that SQL prefers: that of
// the first branch, of the greedy quantifiers the longest, of the reluctant ones the shortest.
//
// A match may be of no rows: it is at the row that it would have begun with, and preferred last or
// at once.
//
// Runs that begin with one row stand in the order in which they are preferred. When one of them may
// end, those behind it are given up; those ahead of it go on, and take its place if one of them may
// end later. It is the match once none of them is open any more.
//
// Runs that begin with one row and are at one element fare alike, where no condition looks at how
// they came there: of those the preferred one goes on alone, for `(a | b)*` over rows that are both
// would double them with each row.

#include <cstdint>
#include <optional>
#include <vector>

#include "exec/match_automaton.h"
#include "plan/nodes.h"

namespace millrace::exec {

class MatchSteps final : public MatchAutomaton {
 public:
  // Outlived by the node.
  explicit MatchSteps(const plan::MatchRecognize& node);

  void follow(state::RowRuns::Group& group, uint64_t row, const Holds& holds) const override;
  bool end(state::RowRuns::Group& group) const override;
  void rule_out(state::RunList& open, const state::IsGone& is_gone) const override {
    std::erase_if(open, is_gone);
  }
  void expire(state::RunList& open, const state::IsGone& is_gone) const override {
    std::erase_if(open, is_gone);
  }
  // A run that begins with the match's row takes its place where it may end later.
  bool may_rule_out(const state::RowRun& open, const state::RowRun& match) const override {
    return open.start <= match.start;
  }

 private:
  enum class Ended : uint8_t { no, yes };
  // What comes of a group's runs with one row.
  struct Next {
    state::RunList open;
    // By element, of which start a run was tried there last; where runs fare alike.
    std::vector<std::optional<uint64_t>> tried;
  };
  // The runs that come of this one, which is behind `step`; where one of them may end, no more are
  // looked for.
  Ended extend(const state::RowRun& run, const plan::MatchRecognize::Step& step, const Holds& holds,
               Next& next, state::RowRuns::Group& group) const;

  const plan::MatchRecognize::Step& first_step(uint64_t row) const;
  const plan::MatchRecognize::Step& step_behind(uint32_t element) const {
    return node_->steps[element + 1];
  }

  const plan::MatchRecognize* node_;
  bool fare_alike_;
};

}  // namespace millrace::exec
