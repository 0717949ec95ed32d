#include "plan/bind/empty_input.h"

#include <algorithm>

#include "column/builder.h"
#include "plan/bind/literals.h"
#include "plan/columns.h"
#include "plan/conjuncts.h"
#include "plan/contradiction/contradiction.h"
#include "plan/new_nodes.h"

namespace millrace::plan {

namespace {

using function::Expression;

using Conditions = std::vector<Expression>;

void add(Conditions& conditions, const std::optional<Expression>& condition) {
  if (condition) {
    Conditions more = conjuncts_of(*condition);
    std::move(more.begin(), more.end(), std::back_inserter(conditions));
  }
}

// Those that read columns from `begin` to `end` alone, as `begin` were the first.
Conditions of_columns(const Conditions& conditions, size_t begin, size_t end) {
  std::vector<size_t> numbers(end);
  for (size_t i = begin; i < end; ++i) {
    numbers[i] = i - begin;
  }
  Conditions found;
  for (const Expression& condition : conditions) {
    bool within = true;
    condition.visit_columns(
        [&](size_t column) { within = within && column >= begin && column < end; });
    if (within) {
      found.push_back(renumbered(condition, numbers));
    }
  }
  return found;
}

bool has_no_rows(const Node& node, Conditions conditions);

// Of a join's rows that meet the conditions. Those of a side that may be padded say nothing of what
// it is made of.
bool has_no_rows(const Join& join, Conditions conditions) {
  for (Expression& condition : conditions) {
    condition = renumbered(std::move(condition), join.output);
  }
  if (join.join == JoinKind::inner || join.join == JoinKind::semi) {
    add(conditions, join.condition);
  }
  if (contradict(conditions)) {
    return true;
  }
  const size_t width = join.inputs[0]->schema.size();
  const auto no_left = [&] {
    return has_no_rows(*join.inputs[0],
                       join.keeps_right() ? Conditions() : of_columns(conditions, 0, width));
  };
  const auto no_right = [&] {
    const size_t end = width + join.inputs[1]->schema.size();
    return has_no_rows(*join.inputs[1],
                       join.keeps_left() ? Conditions() : of_columns(conditions, width, end));
  };
  switch (join.join) {
    case JoinKind::inner:
    case JoinKind::semi: return no_left() || no_right();
    case JoinKind::left:
    case JoinKind::anti: return no_left();
    case JoinKind::right: return no_right();
    case JoinKind::full: return no_left() && no_right();
  }
  return false;
}

// Whether no row of the node meets the conditions, which is known without reading any.
bool has_no_rows(const Node& node, Conditions conditions) {
  switch (node.kind) {
    case NodeKind::filter:
      add(conditions, static_cast<const Filter&>(node).predicate);
      return contradict(conditions) || has_no_rows(*node.inputs[0], std::move(conditions));
    case NodeKind::project:
      for (Expression& condition : conditions) {
        condition = condition.substituted(static_cast<const Project&>(node).expressions);
      }
      return has_no_rows(*node.inputs[0], std::move(conditions));
    case NodeKind::union_all:
      return std::all_of(node.inputs.begin(), node.inputs.end(),
                         [&](const Node* input) { return has_no_rows(*input, conditions); });
    case NodeKind::join: return has_no_rows(static_cast<const Join&>(node), std::move(conditions));
    case NodeKind::values: return static_cast<const Values&>(node).rows.empty();
    case NodeKind::group_aggregate:
      return !static_cast<const GroupAggregate&>(node).keys.empty() &&
             has_no_rows(*node.inputs[0], {});
    case NodeKind::expand:
    case NodeKind::over_aggregate:
    case NodeKind::rank:
    case NodeKind::unnest:
    case NodeKind::window_table_function:
    case NodeKind::window_aggregate:
    case NodeKind::time_sort: return has_no_rows(*node.inputs[0], {});
    case NodeKind::scan:
    case NodeKind::normalize:
    case NodeKind::repeat:
    case NodeKind::to_changelog:
    case NodeKind::from_changelog:
    case NodeKind::final_rows:
    case NodeKind::window_rank:
    case NodeKind::resolve:
    case NodeKind::match_recognize:
    case NodeKind::sink: break;
  }
  return false;
}

// Whether Flink's planner knows what the function gives for no rows; of others it plans none.
bool is_known_of_nothing(const AggregateCall& call) {
  constexpr std::string_view kKnown[] = {"COUNT", "SUM", "MIN", "MAX", "AVG"};
  return call.function->foreign == nullptr &&
         std::find(std::begin(kKnown), std::end(kKnown), call.function->name) != std::end(kKnown);
}

Expression of_nothing(const AggregateCall& call) {
  if (call.function->name == "COUNT") {
    return bigint_literal(0);
  }
  ColumnBuilder value(call.function->result.as_nullable());
  value.add_null();
  return Expression::of_literal(value.finish());
}

}  // namespace

Node* aggregates_of_nothing(Plan& plan, const Node& input,
                            const std::vector<AggregateCall>& aggregates) {
  const bool known = std::all_of(aggregates.begin(), aggregates.end(), is_known_of_nothing);
  if (!known || !has_no_rows(input, {})) {
    return nullptr;
  }
  std::vector<Expression> row;
  std::vector<std::string> names;
  for (const AggregateCall& call : aggregates) {
    row.push_back(of_nothing(call));
    names.push_back(call.name);
  }
  std::vector<std::vector<Expression>> rows;
  rows.push_back(std::move(row));
  return new_values(plan, std::move(rows), names);
}

}  // namespace millrace::plan
