#pragma once

// Runs of one key by their starts, in a heap laid out as Java's PriorityQueue lays out its own. Of
// runs that begin with one row which is followed first, and so which of their matches counts, goes
// by that layout in Flink, and so it does here.

#include <cstdint>
#include <functional>

#include "state/row_runs.h"

namespace millrace::state {

// The heap is the list; the run that begins first is its front.
void push_run(RunList& runs, RowRun run);
RowRun pop_run(RunList& runs);
// Puts what is left in order again where runs have gone.
using IsGone = std::function<bool(const RowRun& run)>;
void remove_runs(RunList& runs, const IsGone& is_gone);
// Adds what is left anew, one run behind the other.
void expire_runs(RunList& runs, const IsGone& is_gone);

}  // namespace millrace::state
