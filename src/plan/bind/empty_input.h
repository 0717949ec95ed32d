#pragma once

#include <vector>

#include "plan/nodes.h"

namespace millrace::plan {

// Aggregates over rows that a condition which never holds leaves none of: as in Flink one row that
// is known when the query is planned, where a stream without rows has none. Null where rows may
// come.
Node* aggregates_of_nothing(Plan& plan, const Node& input,
                            const std::vector<AggregateCall>& aggregates);

}  // namespace millrace::plan
