// Groups of which each is one row, since the rows are told apart by the keys or by some of them:
// there is nothing to gather. Where only SUM, MIN and MAX are asked of such groups, as of DISTINCT
// nothing is, the rows themselves are the answer. Flink does so too, and then an update of a row is
// an update of the answer, where a group would end and begin anew.

#include <algorithm>
#include <numeric>

#include "plan/columns.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/rules/changelog/changelog.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"

namespace millrace::plan {

namespace {

using function::Expression;
using Columns = std::vector<size_t>;

bool are_unique(const Node& node, const Columns& columns);

// As in Flink, which does not look for a key below the watermark that is given to rows.
bool are_unique(const Scan& scan, const Columns& columns) {
  Columns of_table;
  for (const size_t column : columns) {
    if (column < scan.read.size()) {
      of_table.push_back(scan.read[column]);
    }
  }
  return !scan.table->watermark && !scan.table->primary_key.empty() &&
         contains_all(of_table, scan.table->primary_key);
}

bool are_unique(const Project& project, const Columns& columns) {
  Columns below;
  for (const size_t column : columns) {
    if (is_column(project.expressions[column])) {
      below.push_back(project.expressions[column].column);
    }
  }
  return are_unique(*project.inputs[0], below);
}

bool are_unique(const GroupAggregate& groups, const Columns& columns) {
  Columns keys(groups.keys.size());
  std::iota(keys.begin(), keys.end(), size_t{0});
  return contains_all(columns, keys);
}

// As in Flink, which has not looked yet at what a filter on ROW_NUMBER() leaves: that one row a
// partition is left makes none unique.
bool are_unique(const Rank& rank, const Columns& columns) {
  Columns below = columns;
  std::erase(below, rank.inputs[0]->schema.size());  // the number
  return are_unique(*rank.inputs[0], below);
}

// A row that meets at most one is as unique as it was, unless others come padded with NULL. Of
// columns of both sides either are to be unique, as in Flink.
bool are_unique(const Join& join, const Columns& columns) {
  Columns left;
  Columns right;
  const size_t width = join.inputs[0]->schema.size();
  for (const size_t column : columns) {
    const size_t both = join.output[column];
    (both < width ? left : right).push_back(both < width ? both : both - width);
  }
  const Node& left_rows = *join.inputs[0];
  const Node& right_rows = *join.inputs[1];
  if (join.is_semi_or_anti()) {
    return are_unique(left_rows, left);
  }
  if (right.empty()) {
    return are_unique(left_rows, left) && !join.keeps_right() &&
           are_unique(right_rows, join_key(join, 1));
  }
  if (left.empty()) {
    return are_unique(right_rows, right) && !join.keeps_left() &&
           are_unique(left_rows, join_key(join, 0));
  }
  return are_unique(left_rows, left) && are_unique(right_rows, right);
}

// Whether no two rows that are there at one time have the same values in all of the columns.
bool are_unique(const Node& node, const Columns& columns) {
  switch (node.kind) {
    case NodeKind::scan: return are_unique(static_cast<const Scan&>(node), columns);
    case NodeKind::project: return are_unique(static_cast<const Project&>(node), columns);
    case NodeKind::group_aggregate:
      return are_unique(static_cast<const GroupAggregate&>(node), columns);
    case NodeKind::rank: return are_unique(static_cast<const Rank&>(node), columns);
    case NodeKind::join: return are_unique(static_cast<const Join&>(node), columns);
    case NodeKind::filter:
    case NodeKind::normalize: return are_unique(*node.inputs[0], columns);
    // Rows of these may be equal, or are not looked into.
    case NodeKind::window_table_function:
    case NodeKind::window_aggregate:
    case NodeKind::expand:
    case NodeKind::repeat:
    case NodeKind::to_changelog:
    case NodeKind::from_changelog:
    case NodeKind::time_sort:
    case NodeKind::final_rows:
    case NodeKind::unnest:
    case NodeKind::union_all:
    case NodeKind::values:
    case NodeKind::over_aggregate:
    case NodeKind::window_rank:
    case NodeKind::resolve:
    case NodeKind::match_recognize:
    case NodeKind::sink: break;
  }
  return false;
}

// What a call makes of one row is the row's value.
bool is_value_of_one(const AggregateCall& call) {
  const std::string& name = call.function->name;
  return (name == "SUM" || name == "MIN" || name == "MAX") && call.arguments.size() == 1 &&
         !call.filter;
}

bool are_rows(const GroupAggregate& groups) {
  return !groups.keys.empty() &&
         std::all_of(groups.aggregates.begin(), groups.aggregates.end(), is_value_of_one) &&
         are_unique(*groups.inputs[0], groups.keys);
}

Node* rows_of(Plan& plan, const GroupAggregate& groups) {
  const Schema& input = groups.inputs[0]->schema;
  std::vector<Expression> columns;
  for (const size_t key : groups.keys) {
    columns.push_back(Expression::of_column(key, input[key].type));
  }
  for (const AggregateCall& call : groups.aggregates) {
    const size_t column = call.arguments.front();
    Expression value = Expression::of_column(column, input[column].type);
    const Type& type = groups.schema[columns.size()].type;
    if (!value.type.same_but_nullability(type)) {
      const Type shown = type.as_nullable(value.type.nullable);
      std::vector<Expression> arguments;
      arguments.push_back(std::move(value));
      value = Expression::of(function::ExpressionKind::cast, shown, std::move(arguments));
    }
    columns.push_back(std::move(value));
  }
  return new_project(plan, groups.inputs[0], std::move(columns), names_of(groups.schema));
}

}  // namespace

void drop_groups(Plan& plan) {
  std::vector<const GroupAggregate*> found;
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::group_aggregate) {
      found.push_back(static_cast<const GroupAggregate*>(node.get()));
    }
  }
  for (const GroupAggregate* groups : found) {
    if (are_rows(*groups)) {
      redirect(plan, groups, rows_of(plan, *groups));
    }
  }
  drop_unread(plan);
}

}  // namespace millrace::plan
