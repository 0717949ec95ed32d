#include "plan/bind/window_input.h"

#include "base/check.h"
#include "plan/columns.h"
#include "plan/new_nodes.h"
#include "plan/window_columns.h"

namespace millrace::plan {

static bool names_window(const WindowInput& input, const function::Expression& expression) {
  bool found = false;
  expression.visit_columns([&](size_t column) {
    found = found || std::holds_alternative<WindowProperty>(input.columns[column]);
  });
  return found;
}

function::Expression below_window(const WindowInput& input, function::Expression expression) {
  check(input.has_bounds || !names_window(input, expression),
        "what names the window is computed over rows that have it");
  std::vector<size_t> numbers;
  for (size_t i = 0; i < input.columns.size(); ++i) {
    const auto* number = std::get_if<size_t>(&input.columns[i]);
    numbers.push_back(number != nullptr ? *number : i);
  }
  return renumbered(std::move(expression), numbers);
}

static WindowInput at_function(const WindowTableFunction& function) {
  WindowInput input;
  input.node = function.inputs[0];
  input.window = function.window;
  for (size_t i = 0; i < input.node->schema.size(); ++i) {
    input.columns.emplace_back(i);
  }
  input.columns.emplace_back(WindowProperty::start);
  input.columns.emplace_back(WindowProperty::end);
  input.columns.emplace_back(WindowProperty::time);
  return input;
}

static std::optional<WindowInput> through_filter(Plan& plan, const Filter& filter,
                                                 WindowInput input) {
  if (names_window(input, filter.predicate)) {
    return std::nullopt;
  }
  input.node = new_filter(plan, input.node, below_window(input, filter.predicate));
  return input;
}

// Columns pass; what is computed is computed below, after all columns that are there already.
static std::optional<WindowInput> through_project(Plan& plan, const Project& project,
                                                  WindowInput input) {
  std::vector<function::Expression> below = all_columns(input.node->schema);
  std::vector<std::string> names;
  for (const Field& field : input.node->schema.fields) {
    names.push_back(field.name);
  }
  std::vector<ColumnSource> columns;
  for (size_t i = 0; i < project.expressions.size(); ++i) {
    const function::Expression& expression = project.expressions[i];
    if (is_column(expression)) {
      columns.push_back(input.columns[expression.column]);
      continue;
    }
    if (names_window(input, expression)) {
      return std::nullopt;
    }
    columns.emplace_back(below.size());
    below.push_back(below_window(input, expression));
    names.push_back(project.schema[i].name);
  }
  if (below.size() > input.node->schema.size()) {
    input.node = new_project(plan, input.node, std::move(below), names);
  }
  input.columns = std::move(columns);
  return input;
}

// What is made of the rows of one input each, without a look at others.
static bool is_row_by_row(NodeKind kind) {
  return kind == NodeKind::filter || kind == NodeKind::project || kind == NodeKind::unnest;
}

// The elements are told apart below, ahead of the window's columns.
static std::optional<WindowInput> through_unnest(Plan& plan, const Unnest& unnest,
                                                 WindowInput input) {
  const auto* collection = std::get_if<size_t>(&input.columns[unnest.collection]);
  if (collection == nullptr || unnest.condition || input.window.kind == WindowKind::session) {
    return std::nullopt;
  }
  const size_t before = input.node->schema.size();
  input.node =
      new_unnest(plan, input.node, *collection, unnest.keeps_empty, unnest.with_ordinality);
  for (size_t i = before; i < input.node->schema.size(); ++i) {
    input.columns.emplace_back(i);
  }
  return input;
}

bool has_window(const Node& node) {
  return node.kind == NodeKind::window_table_function ||
         (is_row_by_row(node.kind) && has_window(*node.inputs[0]));
}

std::optional<WindowInput> window_below(Node* node) {
  const auto below = window_columns(*node);
  if (!below || below->starts.empty() || below->ends.empty() ||
      below->window.kind == WindowKind::session ||
      below->window.time == WindowTime::of_processing) {
    return std::nullopt;
  }
  WindowInput input;
  input.node = node;
  input.window = below->window;
  input.window.time = WindowTime::of_window_end;
  input.window.time_column = *below->ends.begin();
  input.has_bounds = true;
  for (size_t i = 0; i < node->schema.size(); ++i) {
    input.columns.push_back(below->starts.contains(i) ? ColumnSource(WindowProperty::start)
                            : below->ends.contains(i) ? ColumnSource(WindowProperty::end)
                                                      : ColumnSource(i));
  }
  return input;
}

std::optional<WindowProperty> property_of(const WindowInput& input,
                                          const function::Expression& expression) {
  if (is_column(expression)) {
    if (const auto* property = std::get_if<WindowProperty>(&input.columns[expression.column])) {
      return *property;
    }
  }
  return std::nullopt;
}

std::optional<WindowInput> find_window(Plan& plan, Node* node) {
  if (node->kind == NodeKind::window_table_function) {
    return at_function(static_cast<const WindowTableFunction&>(*node));
  }
  if (!is_row_by_row(node->kind)) {
    return std::nullopt;
  }
  std::optional<WindowInput> input = find_window(plan, node->inputs[0]);
  if (!input) {
    return std::nullopt;
  }
  if (node->kind == NodeKind::unnest) {
    return through_unnest(plan, static_cast<const Unnest&>(*node), std::move(*input));
  }
  return node->kind == NodeKind::filter
             ? through_filter(plan, static_cast<const Filter&>(*node), std::move(*input))
             : through_project(plan, static_cast<const Project&>(*node), std::move(*input));
}

}  // namespace millrace::plan
