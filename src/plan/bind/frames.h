#pragma once

// ROWS and RANGE in OVER: how far a frame reaches ahead of a row and behind it.

#include "plan/nodes.h"
#include "sql/expression.h"

namespace millrace::plan {

// Sets unit, preceding and following of the window, whose order is known; `ordered_by` is the type
// of what it is ordered by, null where that is nothing or several columns. A stream's frames end
// with the row, and RANGE is of times.
void bind_frame(const sql::Frame& frame, RuntimeMode mode, const Type* ordered_by,
                OverWindow& window);

}  // namespace millrace::plan
