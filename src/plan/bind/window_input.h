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
  Node* node = nullptr;               // what goes into the window function, filtered and projected
  Window window;                      // over that node's columns
  std::vector<ColumnSource> columns;  // by column of the node that was asked about
  bool filtered = false;              // a filter was moved below the window function
};

// Nothing where `node` has no window table function at its root. Filters and projections between
// are made again below the function, which is right for windows that do not depend on other rows;
// Error(unsupported) at `at` where they use the window's own columns in expressions.
std::optional<WindowInput> find_window(Plan& plan, Node* node, const Position& at);

// The window that the rows of an aggregation by window are in: grouped by it again, groups leave
// with it. Sessions are none: their start is not known from their end.
std::optional<WindowInput> window_below(Node* node);

// Whether find_window() would find one.
bool has_window(const Node& node);
// The property that the expression is, if it is a window's.
std::optional<WindowProperty> property_of(const WindowInput& input,
                                          const function::Expression& expression);

// The expression over the node of the input. Error(unsupported) at `at` if it uses window columns.
function::Expression below_window(const WindowInput& input, function::Expression expression,
                                  const Position& at);

}  // namespace millrace::plan
