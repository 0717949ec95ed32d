#pragma once

// The zone of a session's clock, SET 'table.local-time-zone'.

#include <memory>

#include "base/time_zone.h"
#include "plan/nodes.h"

namespace millrace::plan {

inline constexpr const char* kLocalTimeZone = "table.local-time-zone";

// Null where it is UTC. Throws Error where there is no such zone.
std::shared_ptr<const TimeZone> session_zone(const Plan& plan);

}  // namespace millrace::plan
