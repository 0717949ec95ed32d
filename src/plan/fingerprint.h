#pragma once

// A plan in words: what must stay the same for its state to mean the same. Kept in checkpoints.

#include <string>

#include "plan/nodes.h"

namespace millrace::plan {

// A line a node. Settings and option values that only steer (servers, intervals) are left out.
std::string fingerprint(const Plan& plan);

// The first line in which they differ, for a message to a person.
std::string first_difference(std::string_view before, std::string_view now);

}  // namespace millrace::plan
