#pragma once

// What an explanation says of one node, with Flink's names for operators where it has such an
// operator.

#include <string>
#include <vector>

#include "plan/nodes.h"

namespace millrace::plan {

// One node without its inputs, for messages.
std::string line_of(const Node& node);
// The same in all its lines, uppermost first: a scan is several of Flink's operators.
std::vector<std::string> lines_of(const Node& node);

}  // namespace millrace::plan
