#pragma once

#include <cstddef>
#include <map>

#include "plan/nodes.h"

namespace millrace::plan {

// How many inputs each node is, over the whole plan.
std::map<const Node*, size_t> count_consumers(const Plan& plan);

// Null where the node is read more than once.
Node* only_consumer(const Plan& plan, const Node& node);
// Neither is anything that is made of it. A query that is read twice is two to Flink, and then
// leaves the source as it is to both.
bool is_read_once(const Plan& plan, const Node& node);

// Whoever read `from` reads `to`.
void redirect(Plan& plan, const Node* from, Node* to);

}  // namespace millrace::plan
