#pragma once

// What the groups of a query are made of, and the window that they are of, if they are: that of a
// window table function whose bounds GROUP BY names, or of GROUP BY TUMBLE(...) and its like.

#include <vector>

#include "plan/bind/aggregation.h"
#include "plan/bind/window_input.h"

namespace millrace::plan {

struct GroupInput {
  WindowInput rows;  // what the columns of FROM are below; its window counts where there is one
  bool has_window = false;
  const sql::FunctionCall* group_window = nullptr;  // of GROUP BY, in the older form
};

// `written` are the expressions whose aggregate functions the groups need.
GroupInput group_input(Plan& plan, const sql::Select& select, const GroupedFrom& from,
                       const std::vector<const sql::Expression*>& written);

}  // namespace millrace::plan
