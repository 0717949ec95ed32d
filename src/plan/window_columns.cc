#include "plan/window_columns.h"

#include "plan/columns.h"

namespace millrace::plan {

static std::optional<WindowColumns> of_function(const WindowTableFunction& node) {
  const size_t width = node.inputs[0]->schema.size();
  return WindowColumns{node.window, {width}, {width + 1}};
}

static std::optional<WindowColumns> of_aggregate(const WindowAggregate& node) {
  if (node.updates.any()) {
    return std::nullopt;
  }
  WindowColumns columns{node.window, {}, {}};
  for (size_t i = 0; i < node.properties.size(); ++i) {
    const size_t column = node.keys.size() + node.aggregates.size() + i;
    if (node.properties[i] == WindowProperty::start) {
      columns.starts.insert(column);
    } else if (node.properties[i] == WindowProperty::end) {
      columns.ends.insert(column);
    }
  }
  return columns;
}

static std::optional<WindowColumns> of_project(const Project& node) {
  const auto below = window_columns(*node.inputs[0]);
  if (!below) {
    return std::nullopt;
  }
  WindowColumns columns{below->window, {}, {}};
  for (size_t i = 0; i < node.expressions.size(); ++i) {
    if (is_column(node.expressions[i]) && below->starts.contains(node.expressions[i].column)) {
      columns.starts.insert(i);
    }
    if (is_column(node.expressions[i]) && below->ends.contains(node.expressions[i].column)) {
      columns.ends.insert(i);
    }
  }
  return columns;
}

// A join of windows leaves its rows in them; where a side's columns may be NULL, by the other's.
static std::optional<WindowColumns> of_join(const Join& join) {
  const bool keeps_left_alone = join.join == JoinKind::left || join.is_semi_or_anti();
  if (!join.is_by(Join::Times::Rule::window) ||
      (join.join != JoinKind::inner && !keeps_left_alone)) {
    return std::nullopt;
  }
  const size_t width = join.inputs[0]->schema.size();
  const auto left = window_columns(*join.inputs[0]);
  const auto right = window_columns(*join.inputs[1]);
  if (!left || !right) {
    return std::nullopt;
  }
  WindowColumns columns{left->window, {}, {}};
  for (size_t i = 0; i < join.output.size(); ++i) {
    const size_t from = join.output[i];
    if (from >= width && keeps_left_alone) {
      continue;
    }
    const WindowColumns& side = from < width ? *left : *right;
    const size_t column = from < width ? from : from - width;
    if (side.starts.contains(column)) {
      columns.starts.insert(i);
    }
    if (side.ends.contains(column)) {
      columns.ends.insert(i);
    }
  }
  return columns;
}

static void keep_common(std::set<size_t>& columns, const std::set<size_t>& others) {
  std::erase_if(columns, [&](size_t column) { return !others.contains(column); });
}

// Rows of equal windows, whatever tables they are of.
static std::optional<WindowColumns> of_union(const UnionAll& node) {
  std::optional<WindowColumns> common = window_columns(*node.inputs[0]);
  for (size_t i = 1; common && i < node.inputs.size(); ++i) {
    auto other = window_columns(*node.inputs[i]);
    if (!other) {
      return std::nullopt;
    }
    other->window.time_column = common->window.time_column;
    if (!(other->window == common->window)) {
      return std::nullopt;
    }
    keep_common(common->starts, other->starts);
    keep_common(common->ends, other->ends);
  }
  return common;
}

std::optional<WindowColumns> window_columns(const Node& node) {
  if (node.kind == NodeKind::join) {
    return of_join(static_cast<const Join&>(node));
  }
  if (node.kind == NodeKind::window_table_function) {
    return of_function(static_cast<const WindowTableFunction&>(node));
  }
  if (node.kind == NodeKind::window_aggregate) {
    return of_aggregate(static_cast<const WindowAggregate&>(node));
  }
  if (node.kind == NodeKind::project) {
    return of_project(static_cast<const Project&>(node));
  }
  if (node.kind == NodeKind::union_all) {
    return of_union(static_cast<const UnionAll&>(node));
  }
  // These hand their input's columns on, at the same places.
  if (node.kind == NodeKind::filter || node.kind == NodeKind::window_rank) {
    return window_columns(*node.inputs[0]);
  }
  return std::nullopt;
}

}  // namespace millrace::plan
