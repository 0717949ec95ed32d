// JOIN and the comma in FROM. The condition goes into the join as a whole: arrange_joins() finds
// keys in it.

#include <algorithm>

#include "plan/bind/expressions.h"
#include "plan/bind/hints.h"
#include "plan/bind/queries.h"
#include "plan/bind/selected_rows.h"
#include "plan/bind/sub_query_values.h"
#include "plan/columns.h"
#include "plan/conjuncts.h"
#include "plan/join_times.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/refuse_like_flink.h"

namespace millrace::plan {

using function::Expression;

namespace {

JoinKind kind_of(sql::Join::Kind kind) {
  switch (kind) {
    case sql::Join::Kind::left: return JoinKind::left;
    case sql::Join::Kind::right: return JoinKind::right;
    case sql::Join::Kind::full: return JoinKind::full;
    case sql::Join::Kind::inner:
    case sql::Join::Kind::cross: break;
  }
  return JoinKind::inner;
}

// A column of this name on each side, as numbers in the scope of both.
struct CommonColumn {
  std::string name;
  size_t left;
  size_t right;
};

size_t resolve_in(const Scope& scope, const sql::Name& name, const char* side) {
  std::optional<size_t> found;
  for (size_t i = 0; i < scope.columns().size(); ++i) {
    if (scope[i].name == name.text && !scope[i].needs_qualifier) {
      if (found) {
        throw Error(ErrorCode::invalid_argument,
                    "column '" + name.text + "' of USING is ambiguous on the " + side + " side",
                    name.position);
      }
      found = i;
    }
  }
  if (!found) {
    throw Error(ErrorCode::not_found,
                "column '" + name.text + "' of USING is unknown on the " + side + " side",
                name.position);
  }
  return *found;
}

// The columns of USING, or of NATURAL those of one name, in the order of the left side.
std::vector<CommonColumn> common_columns(const sql::Join& join, const Scope& left,
                                         const Scope& right, const Position& at) {
  std::vector<sql::Name> names = join.using_;
  if (join.natural) {
    for (const ScopeColumn& column : left.columns()) {
      const auto same = [&](const ScopeColumn& other) {
        return other.name == column.name && !other.needs_qualifier;
      };
      if (!column.needs_qualifier &&
          std::any_of(right.columns().begin(), right.columns().end(), same)) {
        names.push_back({at, column.name});
      }
    }
  }
  std::vector<CommonColumn> common;
  for (const sql::Name& name : names) {
    common.push_back({name.text, resolve_in(left, name, "left"),
                      left.columns().size() + resolve_in(right, name, "right")});
  }
  return common;
}

std::optional<Expression> equality_of(const std::vector<CommonColumn>& common, const Scope& both,
                                      const Position& at) {
  std::vector<Expression> equal;
  for (const CommonColumn& column : common) {
    std::vector<Expression> sides = {Expression::of_column(column.left, both[column.left].type),
                                     Expression::of_column(column.right, both[column.right].type)};
    equal.push_back(call_of("=", std::move(sides), at));
  }
  return conjunction_of(std::move(equal));
}

// Whichever side has a value: the column as SELECT * and a name without table show it.
Expression merged(const CommonColumn& column, const Node& join, const Position& at) {
  Expression left = Expression::of_column(column.left, join.schema[column.left].type);
  Expression right = Expression::of_column(column.right, join.schema[column.right].type);
  cast_to_common_type({&left, &right}, "column '" + column.name + "' of USING", at);
  const Type type = left.type.as_nullable(left.type.nullable && right.type.nullable);
  std::vector<Expression> both;
  both.push_back(std::move(left));
  both.push_back(std::move(right));
  return Expression::of(function::ExpressionKind::coalesce, type, std::move(both));
}

// The scope's columns with the types that the node gives them.
Scope retyped(const Scope& scope, const Node& node) {
  Scope result(scope.functions());
  for (size_t i = 0; i < scope.columns().size(); ++i) {
    ScopeColumn column = scope[i];
    column.type = node.schema[i].type;
    result.add(std::move(column));
  }
  return result;
}

// Common columns come first, once; the sides' own are still there for who names the table.
Relation merge_columns(Plan& plan, const std::vector<CommonColumn>& common, const Relation& joined,
                       Scope& scope, const Position& at) {
  Relation relation;
  Scope merged_scope(scope.functions());
  std::vector<Expression> columns;
  for (const CommonColumn& column : common) {
    columns.push_back(merged(column, *joined.node, at));
    merged_scope.add({"", column.name, columns.back().type});
    relation.names.push_back(column.name);
  }
  for (size_t i = 0; i < scope.columns().size(); ++i) {
    ScopeColumn column = scope[i];
    column.needs_qualifier =
        column.needs_qualifier || std::any_of(common.begin(), common.end(), [&](const auto& c) {
          return c.left == i || c.right == i;
        });
    columns.push_back(Expression::of_column(i, column.type));
    relation.names.push_back(column.name);
    merged_scope.add(std::move(column));
  }
  relation.node = new_project(plan, joined.node, std::move(columns), relation.names);
  scope = std::move(merged_scope);
  return relation;
}

// --- FOR SYSTEM_TIME AS OF ---

const sql::NamedTable* versioned_table(const sql::Join& join) {
  const auto* named = std::get_if<sql::NamedTable>(&join.right->node);
  return named != nullptr && named->system_time ? named : nullptr;
}

[[noreturn]] void refuse(const std::string& why, const Position& at) {
  throw Error(ErrorCode::unsupported, why, at);
}

// --- FOR SYSTEM_TIME AS OF a time of processing ---

bool can_be_looked_up(const catalog::Table& table, const catalog::Connections& connections) {
  const auto* connector = connections.find_connector(table.connector());
  if (connector == nullptr || connector->look_ups == catalog::LookUps::never) {
    return false;
  }
  return connector->look_ups == catalog::LookUps::always ||
         (table.gives != catalog::Changes::inserts && !table.primary_key.empty());
}

void check_looked_up(const Node& node, const catalog::Connections& connections,
                     const Position& at) {
  if (node.kind == NodeKind::scan) {
    const catalog::Table& table = *static_cast<const Scan&>(node).table;
    if (!can_be_looked_up(table, connections)) {
      refuse("Processing-time temporal join is not supported yet: table '" + table.name +
                 "' cannot be looked up, by its connector '" + table.connector() + "'",
             at);
    }
  }
  for (const Node* input : node.inputs) {
    check_looked_up(*input, connections, at);
  }
}

// An equality between a column of the right side and something without it.
bool is_key_of_right(const Expression& part, size_t left_width) {
  if (part.kind != function::ExpressionKind::call ||
      part.signature->predicate != function::Predicate::equal) {
    return false;
  }
  const auto is_right_column = [&](const Expression& side) {
    const Expression& inner =
        side.kind == function::ExpressionKind::cast ? side.arguments[0] : side;
    return is_column(inner) && inner.column >= left_width;
  };
  const auto is_without_right = [&](const Expression& side) {
    bool without = true;
    side.visit_columns([&](size_t column) { without = without && column < left_width; });
    return without;
  };
  const Expression& a = part.arguments[0];
  const Expression& b = part.arguments[1];
  return (is_right_column(a) && is_without_right(b)) || (is_right_column(b) && is_without_right(a));
}

void check_lookup(const Join& node, const sql::NamedTable& table,
                  const catalog::Connections& connections) {
  const Position& at = table.system_time->position;
  check_looked_up(*node.inputs[1], connections, at);
  const size_t left_width = node.inputs[0]->schema.size();
  const std::vector<Expression> parts =
      node.condition ? conjuncts_of(*node.condition) : std::vector<Expression>();
  if (std::none_of(parts.begin(), parts.end(),
                   [&](const Expression& part) { return is_key_of_right(part, left_width); })) {
    refuse("Temporal table join requires an equality condition on fields of table '" +
               table.name.last().text + "'",
           at);
  }
}

// Whether rows of a table of changes are left out: a version that is would not end the one before.
bool is_filtered_changelog(const Node& node) {
  bool filtered = false;
  const Node* at = &node;
  while (at->kind == NodeKind::project || at->kind == NodeKind::filter) {
    filtered = filtered || at->kind == NodeKind::filter;
    at = at->inputs[0];
  }
  return filtered && at->kind == NodeKind::scan &&
         static_cast<const Scan*>(at)->table->gives != catalog::Changes::inserts;
}

// One of the values that came, as it was.
bool gives_a_value(const AggregateCall& call) {
  static constexpr std::string_view kNames[] = {"MAX", "MIN", "LAST_VALUE"};
  return call.arguments.size() == 1 && !call.filter &&
         std::find(std::begin(kNames), std::end(kNames), call.function->name) != std::end(kNames);
}

// The columns that say since when a version is: event times, and of groups those of their rows.
std::vector<size_t> version_times_of(const Node& right) {
  if (!right.rowtimes.empty()) {
    return {right.rowtimes.front()};
  }
  std::vector<size_t> times;
  if (right.kind == NodeKind::filter) {
    return version_times_of(*right.inputs[0]);
  }
  if (right.kind == NodeKind::project) {
    const std::vector<size_t> below = version_times_of(*right.inputs[0]);
    const auto& expressions = static_cast<const Project&>(right).expressions;
    for (size_t i = 0; i < expressions.size(); ++i) {
      if (is_column(expressions[i]) &&
          std::find(below.begin(), below.end(), expressions[i].column) != below.end()) {
        times.push_back(i);
      }
    }
  }
  if (right.kind == NodeKind::group_aggregate) {
    const auto& groups = static_cast<const GroupAggregate&>(right);
    for (size_t i = 0; i < groups.aggregates.size(); ++i) {
      const AggregateCall& call = groups.aggregates[i];
      if (gives_a_value(call) && right.inputs[0]->is_rowtime(call.arguments[0])) {
        times.push_back(groups.keys.size() + i);
      }
    }
  }
  return times;
}

// That the right side has a key can be seen only once its columns are settled (infer_changelogs()).
Join::Times version_times(const sql::Join& join, const sql::Expression& as_of, const Node& left,
                          const Scope& left_scope, const Node& right) {
  const Position& at = as_of.position;
  if (join.kind != sql::Join::Kind::inner && join.kind != sql::Join::Kind::left) {
    refuse("a temporal join is INNER or LEFT: the versions of a table alone are no rows", at);
  }
  const Expression time = ExpressionBinder(&left_scope).bind(as_of);
  const bool is_proctime =
      is_column(time) ? left.proctime == time.column
                      : time.kind == function::ExpressionKind::call && time.arguments.empty();
  if (is_proctime && !is_column(time)) {
    refuse_like_flink(
        "Temporal table join currently only supports 'FOR SYSTEM_TIME AS OF' left table's field, "
        "doesn't support 'PROCTIME()'",
        at);
  }
  if (is_proctime) {
    return {Join::Times::Rule::current};
  }
  if (!is_column(time) || !left.is_rowtime(time.column)) {
    refuse_like_flink(
        "Temporal table join currently only supports 'FOR SYSTEM_TIME AS OF' left table's time "
        "attribute field",
        at);
  }
  const std::vector<size_t> since = version_times_of(right);
  if (since.size() != 1) {
    refuse_like_flink(
        "Event-Time Temporal Table Join requires both primary key and row time attribute in "
        "versioned table, but no row time attribute can be found.",
        at);
  }
  if (is_filtered_changelog(right)) {
    refuse_like_flink(
        "Filter is not allowed for right changelog input of event time temporal join, it will "
        "corrupt the versioning of data. Please consider removing the filter before joining.",
        at);
  }
  return {Join::Times::Rule::version, time.column, since.front()};
}

// An UNNEST, or a table function behind LATERAL, whose arguments name columns of the left side.
bool sees_left(const sql::TableReference& right) {
  const auto* function = std::get_if<sql::FunctionTable>(&right.node);
  return makes_elements(right) && (function == nullptr || function->lateral);
}

// An inner join's ON with a sub-query is a WHERE above it.
bool filters_by_query(const sql::Join& join, const UserFunctions& functions) {
  return join.on && join.kind == sql::Join::Kind::inner && versioned_table(join) == nullptr &&
         !sub_queries_outside_aggregates(*join.on, functions).empty();
}

}  // namespace

Relation QueryBinder::bind_join(const sql::Join& join, const Position& at, Scope& scope) {
  if (sees_left(*join.right)) {
    return bind_unnest_join(join, at, scope);
  }
  const auto* derived = std::get_if<sql::DerivedTable>(&join.right->node);
  if (derived != nullptr && derived->lateral) {
    return bind_lateral_join(join, at, scope);
  }
  Scope left_scope(&functions_);
  Scope right_scope(&functions_);
  const Relation left = bind_from(*join.left, left_scope);
  const sql::NamedTable* versioned = versioned_table(join);
  const Relation right = versioned != nullptr ? bind_versioned(*join.right, right_scope)
                                              : bind_from(*join.right, right_scope);
  Scope both = left_scope;
  for (const ScopeColumn& column : right_scope.columns()) {
    both.add(column);
  }
  const auto common = common_columns(join, left_scope, right_scope, at);
  const bool queried = filters_by_query(join, functions_);
  std::optional<Expression> condition;
  if (join.on && !queried) {
    condition = ExpressionBinder(&both).bind_condition(*join.on, "ON");
  } else if (!join.on) {
    condition = equality_of(common, both, at);
  }
  Relation relation;
  Join* node = new_join(plan_, kind_of(join.kind), left.node, right.node, std::move(condition));
  node->position = at;
  node->state_ttl = hints_->ttl_of_join(*join.left, *join.right);
  if (versioned != nullptr) {
    node->times = version_times(join, *versioned->system_time, *left.node, left_scope, *right.node);
    node->position = versioned->system_time->position;
    if (node->is_by(Join::Times::Rule::current)) {
      check_lookup(*node, *versioned, connections_);
    }
    describe(*node);
  } else if (!find_interval(*node)) {
    find_window(*node);
  }
  relation.node = node;
  relation.names = left.names;
  relation.names.insert(relation.names.end(), right.names.begin(), right.names.end());
  scope = retyped(both, *relation.node);
  if (queried) {
    SelectedRows rows{std::move(relation), std::move(scope)};
    rows.closed_in_flink =
        "Flink takes columns that a sub-query in ON of a join names for others, or fails on it: "
        "write it in WHERE, or join with the sub-query";
    for (const sql::Expression* query : sub_queries_outside_aggregates(*join.on, functions_)) {
      if (std::holds_alternative<sql::In>(query->node)) {
        note(
            {{},
             query->position,
             "Flink's planner fails on IN (SELECT ...) in ON of a join: write it in WHERE, or join "
             "with the sub-query"});
      }
    }
    bind_conditions({join.on.get()}, "ON", rows);
    scope = std::move(rows.scope);
    return std::move(rows.relation);
  }
  return common.empty() ? relation : merge_columns(plan_, common, relation, scope, at);
}

}  // namespace millrace::plan
