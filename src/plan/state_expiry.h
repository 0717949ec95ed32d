#pragma once

// 'table.exec.state.ttl' and the hint STATE_TTL: which nodes' state expires, and which node's
// cannot yet.

#include "base/error.h"
#include "plan/nodes.h"

namespace millrace::plan {

// How long state is kept after its last change.
inline constexpr const char* kStateTtl = "table.exec.state.ttl";

// Whether the plan's settings say so.
bool expires(const Plan& plan);
// Whether the node's state would follow them.
bool can_expire(const Node& node);

// Throws Error(unsupported) at the setting's place, if there is one, for a node whose state expires
// in Flink and would not here: its answers would be others. State that event time lets go, of
// windows and of joins of time intervals, has nothing to expire.
void check_expiry(const Plan& plan, const Position& setting);

}  // namespace millrace::plan
