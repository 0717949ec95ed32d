#pragma once

// The functions of OVER that look at a row's place among all rows of its partition: RANK, LEAD and
// the like, as SQL defines them.

#include "exec/sorted_partition.h"

namespace millrace::exec {

bool is_of_place(const plan::AggregateCall& call);
// The call's result for each row of the partition.
Column place_results(const plan::AggregateCall& call, const SortedPartition& partition);

}  // namespace millrace::exec
