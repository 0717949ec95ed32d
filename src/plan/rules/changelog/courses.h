#pragma once

// How the values of a node's columns move while its rows are updated under their key: a count of
// rows that only come rises with each. A Top-N by such a column needs no rows but its own.

#include <vector>

#include "plan/nodes.h"

namespace millrace::plan {

enum class Course : uint8_t {
  any,
  constant,
  rises,
  falls,
  falls_from_null,  // once it is a value
};

// By column. Right once the changelogs of the inputs are known.
std::vector<Course> courses_of(const Node& node);

}  // namespace millrace::plan
