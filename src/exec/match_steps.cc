#include "exec/match_steps.h"

#include <algorithm>
#include <utility>

namespace millrace::exec {

using state::RowRun;
using Group = state::RowRuns::Group;

using Cell = plan::MatchRecognize::Cell;

// Whether the cell is the same of all runs that begin with one row and are at this element.
static bool is_of_row(const Cell& cell, size_t element) {
  const bool has_row_itself =
      std::binary_search(cell.elements.begin(), cell.elements.end(), element);
  const bool is_from_row =
      (cell.kind == Cell::Kind::last && cell.offset == 0) || cell.kind == Cell::Kind::previous;
  return cell.elements.empty() || (has_row_itself && is_from_row);
}

static bool is_of_row(const plan::MatchRecognize& node, size_t element) {
  const std::optional<function::Expression>& condition = node.pattern[element].condition;
  bool all = true;
  if (condition) {
    condition->visit_columns(
        [&](size_t cell) { all = all && is_of_row(node.cells[cell], element); });
  }
  return all;
}

MatchSteps::MatchSteps(const plan::MatchRecognize& node) : steps_(&node.steps), fare_alike_(true) {
  for (size_t element = 0; element < node.pattern.size(); ++element) {
    fare_alike_ = fare_alike_ && is_of_row(node, element);
  }
}

void MatchSteps::follow(Group& group, const Holds& holds) const {
  Next next;
  next.tried.resize(steps_->size());
  std::optional<uint64_t> ended;  // the start of runs of which one has ended with this row
  for (const RowRun& run : group.open) {
    if (run.start != ended &&
        extend(run, (*steps_)[run.element + 1], holds, next, group) == Ended::yes) {
      ended = run.start;
    }
  }
  RowRun none;
  none.start = group.end() - 1;
  extend(none, steps_->front(), holds, next, group);
  group.open = std::move(next.open);
}

// Takes the place of what would have been the match.
static void complete(Group& group, const RowRun& match) {
  std::erase_if(group.complete, [&](const RowRun& run) { return run.start == match.start; });
  group.complete.push_back(match);
}

MatchSteps::Ended MatchSteps::extend(const RowRun& run, const plan::MatchRecognize::Step& step,
                                     const Holds& holds, Next& next, Group& group) const {
  RowRun longer = run;
  longer.path.emplace_back();
  for (const uint32_t element : step.next) {
    if (fare_alike_ && std::exchange(next.tried[element], run.start) == run.start) {
      continue;
    }
    longer.element = longer.path.back() = element;
    if (!holds(longer)) {
      continue;
    }
    const plan::MatchRecognize::Step& then = (*steps_)[element + 1];
    if (!then.next.empty()) {
      next.open.push_back(longer);
    }
    if (then.may_end) {
      complete(group, longer);
      return Ended::yes;
    }
  }
  return Ended::no;
}

}  // namespace millrace::exec
