#include "exec/match_steps.h"

#include <optional>

namespace millrace::exec {

using state::RowRun;
using Group = state::RowRuns::Group;

void MatchSteps::follow(Group& group, const Holds& holds) const {
  std::vector<RowRun> open;
  std::optional<uint64_t> ended;  // the start of runs of which one has ended with this row
  for (const RowRun& run : group.open) {
    if (run.start != ended &&
        extend(run, (*steps_)[run.element + 1], holds, open, group) == Ended::yes) {
      ended = run.start;
    }
  }
  RowRun none;
  none.start = group.end() - 1;
  extend(none, steps_->front(), holds, open, group);
  group.open = std::move(open);
}

// Takes the place of what would have been the match.
static void complete(Group& group, const RowRun& match) {
  std::erase_if(group.complete, [&](const RowRun& run) { return run.start == match.start; });
  group.complete.push_back(match);
}

MatchSteps::Ended MatchSteps::extend(const RowRun& run, const plan::MatchRecognize::Step& step,
                                     const Holds& holds, std::vector<RowRun>& open,
                                     Group& group) const {
  RowRun longer = run;
  longer.path.emplace_back();
  for (const uint32_t element : step.next) {
    longer.element = longer.path.back() = element;
    if (!holds(longer)) {
      continue;
    }
    const plan::MatchRecognize::Step& then = (*steps_)[element + 1];
    if (!then.next.empty()) {
      open.push_back(longer);
    }
    if (then.may_end) {
      complete(group, longer);
      return Ended::yes;
    }
  }
  return Ended::no;
}

}  // namespace millrace::exec
