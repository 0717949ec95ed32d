#pragma once

// Which columns of a node say in what window a row is, as a window function or an aggregation below
// it has set them. By them a GROUP BY, a join or a row number is recognised as one of windows.

#include <optional>
#include <set>

#include "plan/nodes.h"

namespace millrace::plan {

struct WindowColumns {
  Window window;
  std::set<size_t> starts;
  std::set<size_t> ends;
};

// Nothing where the node's rows are in no window.
std::optional<WindowColumns> window_columns(const Node& node);

}  // namespace millrace::plan
