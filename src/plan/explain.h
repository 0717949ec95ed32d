#pragma once

// EXPLAIN: a tree a sink, with Flink's names for operators where it has such an operator. A node
// that several read is shown once, with a number that the others refer to.

#include <string>

#include "plan/nodes.h"

namespace millrace::plan {

// What is shown beside the operators themselves.
struct ExplainDetails {
  bool changelog_mode = false;  // which changes leave each node
  bool estimated_cost = false;  // how many rows, and what all below it costs
};

// The plan as people read it, indented, sources at the bottom.
std::string explain(const Plan& plan, ExplainDetails details = {});

}  // namespace millrace::plan
