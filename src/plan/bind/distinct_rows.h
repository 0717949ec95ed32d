#pragma once

#include "plan/nodes.h"

namespace millrace::plan {

// SELECT DISTINCT: each row of the node once. Of rows that have the bounds of their window it
// leaves with the window, as any group by it. Throws Error at the position for windows that no
// groups can be of.
Node* distinct_rows(Plan& plan, Node* node, const Position& at);

}  // namespace millrace::plan
