#pragma once

// Which means of an aggregation Flink computes as a sum divided by a count.
//
// For a FLOAT it is seen in the last digits: Flink's AVG adds floats up as doubles, its SUM as
// floats. For an integer it is seen where the sum is beyond the type, to which SUM wraps. Flink's
// optimiser replaces all sums and means of an aggregation by sums and counts, or none: where there
// is a variance or deviation it has no other way, and else where fewer functions are left, as of
// AVG(f), SUM(f), COUNT(f), which are two then.

#include <vector>

#include "plan/nodes.h"

namespace millrace::plan {

// Changes the calls that are such means. In batch mode those of DISTINCT are an aggregation of
// their own, above the others'.
void compute_means_of_sums(std::vector<AggregateCall>& calls, bool batch);

}  // namespace millrace::plan
