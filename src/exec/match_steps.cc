#include "exec/match_steps.h"

#include <algorithm>
#include <utility>

#include "state/run_queue.h"

namespace millrace::exec {

using state::RowRun;
using Group = state::RowRuns::Group;

using Cell = plan::MatchRecognize::Cell;

// Whether the cell is the same of all runs that begin with one row and are at this element.
static bool is_of_row(const Cell& cell, size_t element) {
  const bool has_row_itself =
      std::binary_search(cell.elements.begin(), cell.elements.end(), element);
  const bool is_from_row = (cell.kind == Cell::Kind::last && cell.offset == 0) ||
                           cell.kind == Cell::Kind::previous || cell.kind == Cell::Kind::next;
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

MatchSteps::MatchSteps(const plan::MatchRecognize& node) : node_(&node), fare_alike_(true) {
  for (size_t element = 0; element < node.pattern.size(); ++element) {
    fare_alike_ = fare_alike_ && is_of_row(node, element);
  }
}

// Where it is asked for, a row ahead is kept of each key: none but the first row has no other.
const plan::MatchRecognize::Step& MatchSteps::first_step(uint64_t row) const {
  return node_->at_start && row == 0 ? *node_->at_start : node_->steps.front();
}

void MatchSteps::follow(Group& group, uint64_t row, const Holds& holds) const {
  Next next;
  next.tried.resize(node_->steps.size());
  std::optional<uint64_t> ended;  // the start of runs of which one has ended with this row
  for (const RowRun& run : group.open) {
    if (run.start != ended &&
        extend(run, step_behind(run.element), holds, next, group) == Ended::yes) {
      ended = run.start;
    }
  }
  RowRun none;
  none.start = row;
  const plan::MatchRecognize::Step& first = first_step(row);
  if (extend(none, first, holds, next, group) == Ended::no && first.may_end) {
    push_run(group.complete, none);
  }
  group.open = std::move(next.open);
}

// Takes the place of what would have been the match.
static void complete(Group& group, const RowRun& match) {
  remove_runs(group.complete, [&](const RowRun& run) { return run.start == match.start; });
  push_run(group.complete, match);
}

// Of runs that begin with one row the first is preferred.
bool MatchSteps::end(Group& group) const {
  std::optional<uint64_t> ended;
  for (const RowRun& run : group.open) {
    if (run.start != ended && step_behind(run.element).may_end_last) {
      complete(group, run);
      ended = run.start;
    }
  }
  group.open.clear();
  return true;
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
    const plan::MatchRecognize::Step& then = step_behind(element);
    if (!then.next.empty() || then.may_end_last) {
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
