#include "plan/bind/group_input.h"

#include <algorithm>
#include <set>

#include "plan/bind/expressions.h"
#include "plan/bind/window_functions.h"
#include "plan/columns.h"
#include "plan/window_columns.h"
#include "sql/children.h"

namespace millrace::plan {

using function::Expression;

namespace {

using Properties = std::set<WindowProperty>;

Properties named_by_any(const std::vector<sql::Grouping>& groupings, const Scope& scope,
                        const WindowInput& input);

// The properties of the window that each grouping set has for which an element of GROUP BY stands.
// The last that a ROLLUP or a CUBE stands for is empty.
Properties named_by_all_sets(const sql::Grouping& grouping, const Scope& scope,
                             const WindowInput& input) {
  switch (grouping.kind) {
    case sql::Grouping::Kind::expression: {
      const auto property = property_of(input, ExpressionBinder(&scope).bind(*grouping.expression));
      return property ? Properties{*property} : Properties{};
    }
    case sql::Grouping::Kind::set: return named_by_any(grouping.members, scope, input);
    case sql::Grouping::Kind::rollup:
    case sql::Grouping::Kind::cube: return {};
    case sql::Grouping::Kind::grouping_sets: {
      Properties common = named_by_all_sets(grouping.members.front(), scope, input);
      for (const sql::Grouping& member : grouping.members) {
        const Properties named = named_by_all_sets(member, scope, input);
        std::erase_if(common, [&](WindowProperty property) { return !named.contains(property); });
      }
      return common;
    }
  }
  return {};
}

// Of elements side by side: each set of them all has one of each.
Properties named_by_any(const std::vector<sql::Grouping>& groupings, const Scope& scope,
                        const WindowInput& input) {
  Properties named;
  for (const sql::Grouping& grouping : groupings) {
    named.merge(named_by_all_sets(grouping, scope, input));
  }
  return named;
}

// Whether each grouping set has both bounds of the window; with one of them alone, as in Flink,
// they are columns like others.
bool groups_by_window(const sql::Select& select, const Scope& scope, const WindowInput& input) {
  const Properties named = named_by_any(select.group_by, scope, input);
  return named.contains(WindowProperty::start) && named.contains(WindowProperty::end);
}

WindowInput without_window(Node* node) {
  WindowInput input;
  input.node = node;
  for (size_t i = 0; i < node->schema.size(); ++i) {
    input.columns.emplace_back(i);
  }
  return input;
}

const sql::FunctionCall* group_window_of(const sql::Select& select) {
  const sql::FunctionCall* found = nullptr;
  for (const sql::Grouping& grouping : select.group_by) {
    const auto* window = grouping.kind == sql::Grouping::Kind::expression
                             ? group_window(*grouping.expression)
                             : nullptr;
    if (window != nullptr && found != nullptr) {
      throw Error(ErrorCode::unsupported, "several windows in GROUP BY are not supported",
                  grouping.position);
    }
    found = window != nullptr ? window : found;
  }
  return found;
}

// Whether the groups are a session each: as finer and coarser ones than its partitions they are
// groups of its rows.
bool groups_are_sessions(const sql::Select& select, const Scope& scope, const WindowInput& input) {
  std::set<size_t> keys;
  for (const sql::Grouping& grouping : select.group_by) {
    if (grouping.kind != sql::Grouping::Kind::expression) {
      return false;
    }
    const Expression key = ExpressionBinder(&scope).bind(*grouping.expression);
    if (property_of(input, key)) {
      continue;
    }
    const auto* column = is_column(key) ? std::get_if<size_t>(&input.columns[key.column]) : nullptr;
    if (column == nullptr) {
      return false;
    }
    keys.insert(*column);
  }
  const std::vector<size_t>& partition_by = input.window.partition_by;
  return keys == std::set<size_t>(partition_by.begin(), partition_by.end());
}

// Whether a column of the window is part of an expression, which is computed below the aggregation.
bool computes_with_window(const sql::Expression& written, const Scope& scope,
                          const WindowInput& input) {
  return sql::any_of(written, [&](const sql::Expression& part) {
    const auto* name = std::get_if<sql::ColumnName>(&part.node);
    return name != nullptr && std::holds_alternative<WindowProperty>(
                                  input.columns[scope.resolve_path(name->name).column]);
  });
}

bool computes_with_window(const sql::Grouping& grouping, const Scope& scope,
                          const WindowInput& input) {
  const sql::Expression* key = grouping.expression.get();
  const bool computed = key != nullptr && !std::holds_alternative<sql::ColumnName>(key->node);
  return (computed && computes_with_window(*key, scope, input)) ||
         std::any_of(grouping.members.begin(), grouping.members.end(),
                     [&](const sql::Grouping& member) {
                       return computes_with_window(member, scope, input);
                     });
}

bool computes_with_window(const sql::Select& select,
                          const std::vector<const sql::Expression*>& written, const Scope& scope,
                          const WindowInput& input) {
  const auto computes = [&](const auto& part) { return computes_with_window(part, scope, input); };
  return std::any_of(select.group_by.begin(), select.group_by.end(), computes) ||
         std::any_of(written.begin(), written.end(), [&](const sql::Expression* expression) {
           const auto parts = inside_aggregates(*expression, scope.functions());
           return std::any_of(parts.begin(), parts.end(),
                              [&](const sql::Expression* part) { return computes(*part); });
         });
}

void refuse_processing_time(const Node& node, const Position& at) {
  const auto below = window_columns(node);
  if (has_window(node) && below && below->window.time == WindowTime::of_processing) {
    throw Error(ErrorCode::unsupported,
                "an expression over window_start, window_end or window_time is not supported below "
                "the aggregation of a window by processing time",
                at);
  }
}

// The window that the groups are of, if they are: as its function makes it, so that its rows need
// not be made, or, where conditions or arguments name its bounds, as those rows have it.
std::optional<WindowInput> window_of_groups(Plan& plan, const sql::Select& select,
                                            const GroupedFrom& from,
                                            const std::vector<const sql::Expression*>& written) {
  if (select.group_by.empty()) {
    return std::nullopt;
  }
  std::optional<WindowInput> input;
  if (has_window(*from.node)) {
    input = find_window(plan, from.node);
  }
  if (!input || computes_with_window(select, written, from.scope, *input)) {
    input = window_below(from.node);
    refuse_processing_time(*from.node, select.group_by.front().position);
  }
  if (!input || !groups_by_window(select, from.scope, *input) ||
      (input->window.kind == WindowKind::session &&
       !groups_are_sessions(select, from.scope, *input))) {
    return std::nullopt;
  }
  return input;
}

}  // namespace

GroupInput group_input(Plan& plan, const sql::Select& select, const GroupedFrom& from,
                       const std::vector<const sql::Expression*>& written) {
  if (const sql::FunctionCall* window = group_window_of(select)) {
    const Window bound = bind_group_window(plan, *window, from.scope, *from.node);
    WindowInput rows = without_window(with_times(plan, from.node, bound, window->name.position()));
    rows.window = bound;
    return {std::move(rows), true, window};
  }
  if (auto rows = window_of_groups(plan, select, from, written)) {
    return {std::move(*rows), true};
  }
  return {without_window(from.node)};
}

}  // namespace millrace::plan
