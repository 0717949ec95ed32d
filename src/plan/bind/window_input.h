#pragma once

// Looks through filters and projections for the window table function that a GROUP BY groups on.

#include <optional>
#include <variant>
#include <vector>

#include "plan/nodes.h"

namespace millrace::plan {

// What a column is below the window function: a column there, or a property of the window itself.
using ColumnSource = std::variant<size_t, WindowProperty>;

struct WindowInput {
  Node* node = nullptr;               // what is aggregated by window
  Window window;                      // over that node's columns
  std::vector<ColumnSource> columns;  // by column of the node that was asked about
  bool has_bounds = false;            // the node has the window's columns, at the same places
};

// What goes into the window table function at the root of `node`. Filters and projections between
// are made again below the function, which is right for windows that do not depend on other rows,
// and what Flink does with sessions. Nothing where they name the window's own columns in
// expressions.
std::optional<WindowInput> find_window(Plan& plan, Node* node);

// The window that the rows are in, of a window table function or of an aggregation by window:
// grouped by it (again), groups leave with it. Sessions are none: their start is not known from
// their end.
std::optional<WindowInput> window_below(Node* node);

// Whether there is a window table function, with filters and projections above it alone.
bool has_window(const Node& node);
// The property that the expression is, if it is a window's.
std::optional<WindowProperty> property_of(const WindowInput& input,
                                          const function::Expression& expression);

// The expression over the node of the input.
function::Expression below_window(const WindowInput& input, function::Expression expression);

}  // namespace millrace::plan
