#pragma once

// Finds in a join's condition the times by which it need not keep its rows for ever.

#include "plan/nodes.h"

namespace millrace::plan {

// Takes the bounds of an interval out of the condition of a join:
//   l.ts BETWEEN r.ts - INTERVAL '1' HOUR AND r.ts,   l.ts = r.ts
// As in Flink one bound on each side, or an equality, and nothing else that compares the times of
// the two sides; otherwise the join stays a regular one. Whether it is an interval join now.
bool find_interval(Join& join);

// Whether the condition compares the starts and the ends of windows, which makes it a window join.
// Throws Error(unsupported) where those are windows of different functions, which never are equal
// as a whole.
bool find_window(Join& join);

// The same of WHERE over tables listed with commas: where an inner join becomes an interval join by
// the filter above it, that is its condition and the join is returned; otherwise the filter.
Node* find_interval_below(Filter* filter);

}  // namespace millrace::plan
