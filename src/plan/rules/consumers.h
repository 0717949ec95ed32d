#pragma once

#include <cstddef>
#include <map>

#include "plan/nodes.h"

namespace millrace::plan {

// How many inputs each node is, over the whole plan.
std::map<const Node*, size_t> count_consumers(const Plan& plan);

// Whoever read `from` reads `to`.
void redirect(Plan& plan, const Node* from, Node* to);

}  // namespace millrace::plan
