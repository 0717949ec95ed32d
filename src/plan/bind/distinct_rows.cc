#include "plan/bind/distinct_rows.h"

#include <algorithm>
#include <set>

#include "plan/bind/window_functions.h"
#include "plan/bind/window_input.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"

namespace millrace::plan {

namespace {

bool names(const WindowInput& input, WindowProperty property) {
  return std::find(input.columns.begin(), input.columns.end(), ColumnSource(property)) !=
         input.columns.end();
}

// Sessions are of the columns that they are partitioned by, all of them and no others.
bool tells_sessions(const WindowInput& input) {
  std::set<size_t> keys;
  for (const ColumnSource& column : input.columns) {
    if (const auto* key = std::get_if<size_t>(&column)) {
      keys.insert(*key);
    }
  }
  return input.window.kind != WindowKind::session ||
         keys ==
             std::set<size_t>(input.window.partition_by.begin(), input.window.partition_by.end());
}

// The window that the rows are in, where they have its bounds.
std::optional<WindowInput> window_of(Plan& plan, Node* node) {
  std::optional<WindowInput> input = has_window(*node) ? find_window(plan, node) : std::nullopt;
  if (!input) {
    input = window_below(node);
  }
  const bool fits = input && names(*input, WindowProperty::start) &&
                    names(*input, WindowProperty::end) && tells_sessions(*input);
  return fits ? std::move(input) : std::nullopt;
}

}  // namespace

Node* distinct_rows(Plan& plan, Node* node, const Position& at) {
  std::optional<WindowInput> input = window_of(plan, node);
  if (!input) {
    return new_distinct(plan, node);
  }
  check_hops(plan, input->window, at);
  WindowAggregate* groups = plan.add(std::make_unique<WindowAggregate>());
  groups->position = at;
  groups->inputs = {input->node};
  groups->window = input->window;
  groups->properties = {WindowProperty::start, WindowProperty::end, WindowProperty::time};
  for (const ColumnSource& column : input->columns) {
    if (const auto* key = std::get_if<size_t>(&column)) {
      groups->keys.push_back(*key);
    }
  }
  describe(*groups);
  std::vector<function::Expression> shown;
  std::vector<std::string> names;
  size_t keys = 0;
  for (size_t i = 0; i < input->columns.size(); ++i) {
    const auto* property = std::get_if<WindowProperty>(&input->columns[i]);
    const size_t place =
        property != nullptr ? groups->keys.size() + static_cast<size_t>(*property) : keys++;
    shown.push_back(function::Expression::of_column(place, groups->schema[place].type));
    names.push_back(node->schema[i].name);
  }
  return new_project(plan, groups, std::move(shown), names);
}

}  // namespace millrace::plan
