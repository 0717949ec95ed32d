#include "exec/match_pattern.h"

#include "state/run_queue.h"

namespace millrace::exec {

using state::RowRun;
using state::RunList;

RowRun MatchPattern::with_row(const RowRun& run, size_t element) {
  RowRun longer = run;
  longer.element = static_cast<uint32_t>(element);
  ++longer.counts[element];
  return longer;
}

bool MatchPattern::keeps_row(const RowRun& run, size_t element, const Holds& holds) const {
  return (*elements_)[element].keeps_rows() && holds(with_row(run, element));
}

void MatchPattern::begin(uint64_t start, const Holds& holds, Next& next) const {
  RowRun none;
  none.start = start;
  none.counts.resize(elements_->size());
  enter(none, 0, holds, next);
}

void MatchPattern::rule_out(RunList& open, const state::IsGone& is_gone) const {
  remove_runs(open, is_gone);
}

void MatchPattern::expire(RunList& open, const state::IsGone& is_gone) const {
  expire_runs(open, is_gone);
}

void MatchPattern::follow(state::RowRuns::Group& group, uint64_t row, const Holds& holds) const {
  Next next;
  for (const RowRun& run : group.open) {
    follow(run, holds, next);
  }
  begin(row, holds, next);
  group.open.clear();
  for (RowRun& run : next.open) {
    push_run(group.open, std::move(run));
  }
  RunList complete;
  for (RowRun& match : next.complete) {
    push_run(complete, std::move(match));
  }
  for (RowRun& match : complete) {
    push_run(group.complete, std::move(match));
  }
}

void MatchPattern::follow(const RowRun& run, const Holds& holds, Next& next) const {
  const auto& element = (*elements_)[run.element];
  RowRun longer = with_row(run, run.element);
  const bool again = longer.counts[run.element] <= element.most && holds(longer);
  if (again) {
    take(run, std::move(longer), holds, next);
  }
  if (run.counts[run.element] >= element.least && !keeps_row(run, run.element, holds)) {
    enter(run, run.element + 1, holds, next);
  }
}

void MatchPattern::enter(const RowRun& run, size_t first, const Holds& holds, Next& next) const {
  for (size_t element = first; element < elements_->size(); ++element) {
    RowRun longer = with_row(run, element);
    const bool holds_here = holds(longer);
    if (holds_here) {
      take(run, std::move(longer), holds, next);
    }
    const auto& passed = (*elements_)[element];
    if (passed.least > 0 || (passed.keeps_rows() && holds_here)) {
      return;
    }
  }
}

void MatchPattern::take(const RowRun& before, RowRun run, const Holds& holds, Next& next) const {
  if (may_end(before, run, holds)) {
    next.complete.push_back(run);
  }
  const bool may_go_on = run.element + 1 < elements_->size() ||
                         run.counts[run.element] < (*elements_)[run.element].most;
  if (may_go_on) {
    next.open.push_back(std::move(run));
  }
}

// What is left of the pattern may be left out, and no greedy variable on the way keeps the row.
bool MatchPattern::may_end(const RowRun& before, const RowRun& run, const Holds& holds) const {
  if (run.counts[run.element] < (*elements_)[run.element].least) {
    return false;
  }
  for (size_t element = run.element; element + 1 < elements_->size(); ++element) {
    if ((*elements_)[element + 1].least > 0 || keeps_row(before, element, holds)) {
      return false;
    }
  }
  return true;
}

}  // namespace millrace::exec
