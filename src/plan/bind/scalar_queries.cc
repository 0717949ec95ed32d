// A sub-query as a value is a left join: with its one row, or, where its WHERE names columns of the
// query around it, with the row of its group by what those must equal. Without a row the value is
// NULL. What may have several rows is held to one by SINGLE_VALUE.
//
// Where WHERE compares those columns otherwise, as in r.w < l.v, the sub-query is computed for each
// value that the outer rows have in them, as Flink does: its rows are joined with the distinct
// values first, and grouped by those.

#include <algorithm>
#include <set>

#include "plan/bind/aggregate_calls.h"
#include "plan/bind/aggregation.h"
#include "plan/bind/correlation.h"
#include "plan/bind/expressions.h"
#include "plan/bind/ordering.h"
#include "plan/bind/queries.h"
#include "plan/bind/selected_rows.h"
#include "plan/bind/sub_query_values.h"
#include "plan/columns.h"
#include "plan/conjuncts.h"
#include "plan/join_times.h"
#include "plan/new_nodes.h"
#include "sql/children.h"

namespace millrace::plan {

using function::Expression;

namespace {

[[noreturn]] void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what + " is not supported", at);
}

const sql::ScalarSubquery* scalar_query(const sql::Expression& written) {
  return std::get_if<sql::ScalarSubquery>(&written.node);
}

bool is_sub_query(const sql::Expression& written) {
  const auto* in = std::get_if<sql::In>(&written.node);
  const auto* any = std::get_if<sql::Quantified>(&written.node);
  return (in != nullptr && in->query) || (any != nullptr && any->query) ||
         std::holds_alternative<sql::Exists>(written.node) || scalar_query(written) != nullptr;
}

void collect(const sql::Expression& written, const UserFunctions& functions,
             std::vector<const sql::Expression*>& found) {
  if (written_aggregate(written, &functions)) {
    return;
  }
  sql::for_each_child(written,
                      [&](const sql::Expression& child) { collect(child, functions, found); });
  if (is_sub_query(written)) {
    found.push_back(&written);
  }
}

bool has_one_row(const sql::Query& query, const UserFunctions& functions) {
  const auto* select = std::get_if<sql::Select>(&query.body);
  if (select != nullptr && is_aggregated(*select, &functions) && select->group_by.empty()) {
    return true;
  }
  const auto* limit = query.limit ? std::get_if<sql::NumberLiteral>(&query.limit->node) : nullptr;
  return limit != nullptr && limit->text == "1";
}

Node* single_value_by(Plan& plan, Node* input, size_t keys, const Position& at) {
  const Type& type = input->schema[keys].type;
  auto signature = function::find_aggregate("SINGLE_VALUE")->bind({&type, 1});
  if (!signature) {
    refuse("a value of type " + type.to_string() + " from a sub-query", at);
  }
  AggregateCall call;
  call.name = "SINGLE_VALUE";
  call.function = std::make_shared<const function::AggregateSignature>(std::move(*signature));
  call.arguments = {keys};
  std::vector<size_t> numbers;
  for (size_t i = 0; i < keys; ++i) {
    numbers.push_back(i);
  }
  return new_group_aggregate(plan, input, std::move(numbers), {std::move(call)});
}

}  // namespace

std::vector<const sql::Expression*> sub_queries_outside_aggregates(const sql::Expression& written,
                                                                   const UserFunctions& functions) {
  std::vector<const sql::Expression*> found;
  collect(written, functions, found);
  return found;
}

std::vector<const sql::Expression*> compared_values(const sql::Expression& written) {
  std::vector<const sql::Expression*> values;
  if (const auto* row = std::get_if<sql::RowConstructor>(&written.node)) {
    for (const sql::ExpressionPtr& field : row->fields) {
      values.push_back(field.get());
    }
  } else {
    values.push_back(&written);
  }
  return values;
}

const sql::Select* correlated_select(const sql::Query& query) {
  const auto* select = std::get_if<sql::Select>(&query.body);
  const bool plain = select != nullptr && query.with.empty() && query.order_by.empty() &&
                     !query.limit && !query.offset && select->from && select->where &&
                     !select->qualify && select->windows.empty() && select->hints.empty();
  return plain && !sql::any_of(*select->where, is_sub_query) ? select : nullptr;
}

bool always_has_a_row(const sql::Query& query, const UserFunctions& functions) {
  const sql::Select* select = correlated_select(query);
  return select != nullptr && select->group_by.empty() && !select->having &&
         is_aggregated(*select, &functions);
}

SubQueryValues QueryBinder::bind_values(const sql::Expression& written, SelectedRows& rows) {
  SubQueryValues values;
  for (const sql::Expression* found : sub_queries_outside_aggregates(written, functions_)) {
    const sql::ScalarSubquery* scalar = scalar_query(*found);
    values.add(*found, scalar != nullptr ? bind_scalar(*scalar->query, rows, found->position)
                                         : bind_membership(*found, values, rows));
  }
  return values;
}

void widen(SelectedRows& rows, Node* node) {
  for (size_t i = rows.scope.columns().size(); i < node->schema.size(); ++i) {
    rows.relation.names.emplace_back();
    rows.scope.add({"", "", node->schema[i].type, true});
  }
  rows.relation.node = node;
}

Join* new_left_join(Plan& plan, const SelectedRows& rows, Node* right, const CorrelatedKeys& keys,
                    const Position& at, const std::vector<Expression>& equal) {
  const size_t width = rows.relation.node->schema.size();
  std::vector<Expression> conditions;
  const auto compare = [&](std::string_view comparison, const Expression& outer) {
    const size_t column = conditions.size();
    std::vector<Expression> sides = {
        outer, Expression::of_column(width + column, right->schema[column].type)};
    conditions.push_back(call_of(comparison, std::move(sides), at));
  };
  for (const Expression& key : keys.outer) {
    compare(keys.comparison, key);
  }
  for (const Expression& value : equal) {
    compare("=", value);
  }
  Join* join = new_join(plan, JoinKind::left, rows.relation.node, right,
                        conjunction_of(std::move(conditions)));
  join->position = at;
  return join;
}

Expression QueryBinder::bind_scalar(const sql::Query& query, SelectedRows& rows,
                                    const Position& at) {
  const sql::Select* select = correlated_select(query);
  if (select == nullptr || select->items.size() != 1) {
    return join_value(bind_one_value(query, at), {}, rows, at);
  }
  CorrelatedKeys keys;
  SelectedRows inner = bind_correlated(*select, rows, keys);
  if (!keys.outer.empty() && rows.from != nullptr) {
    note_correlated(rows, at);
  }
  const bool has_groups = !select->group_by.empty() || select->having;
  if (is_aggregated(*select, &functions_) && !has_groups) {
    return bind_scalar_aggregate(*select, inner, keys, rows);
  }
  Node* node = has_groups ? bind_member_groups(*select, std::move(inner), keys, at).node
                          : bind_item(*select, inner, keys);
  if (select->distinct) {
    node = new_distinct(plan_, node);
  }
  const bool is_one = keys.outer.empty() && has_one_row(query, functions_);
  return join_value(is_one ? node : single_value_by(plan_, node, keys.inner.size(), at), keys, rows,
                    at);
}

// The keys, and the one item.
Node* QueryBinder::bind_item(const sql::Select& select, const SelectedRows& inner,
                             const CorrelatedKeys& keys) {
  std::vector<Expression> columns = keys.inner;
  columns.push_back(ExpressionBinder(&inner.scope).bind(*select.items[0].expression));
  const std::vector<std::string> names(columns.size());
  return new_project(plan_, inner.relation.node, std::move(columns), names);
}

void QueryBinder::note_correlated(const SelectedRows& rows, const Position& at) {
  using Flink = BeyondFlink::Flink;
  if (!rows.closed_in_flink.empty()) {
    note({rows.from != nullptr ? Flink::refuses : Flink::answers_otherwise, at,
          std::string(rows.closed_in_flink)});
  }
}

// The last column of `value`, whose first ones are compared with the outer keys.
Expression QueryBinder::join_value(Node* value, const CorrelatedKeys& keys, SelectedRows& rows,
                                   const Position& at) {
  widen(rows, new_left_join(plan_, rows, value, keys, at));
  const size_t last = rows.scope.columns().size() - 1;
  return Expression::of_column(last, rows.scope[last].type);
}

Node* QueryBinder::bind_one_value(const sql::Query& query, const Position& at) {
  const Relation relation = bind_nested(query);
  if (relation.names.size() != 1) {
    throw Error(ErrorCode::invalid_argument,
                "a sub-query as a value has one column, but this one has " +
                    std::to_string(relation.names.size()),
                at);
  }
  return has_one_row(query, functions_) ? relation.node
                                        : single_value_by(plan_, relation.node, 0, at);
}

// As in Flink an expression over aggregate functions of the rows that belong to an outer one is
// computed behind the join, where those functions are NULL, and COUNT 0, if there are none.
Expression QueryBinder::bind_scalar_aggregate(const sql::Select& select, SelectedRows& inner,
                                              const CorrelatedKeys& correlated,
                                              SelectedRows& rows) {
  const sql::Expression& item = *select.items[0].expression;
  const sql::Query plain;
  Ordering none(plain);
  const size_t keys = correlated.inner.size();
  const std::vector<size_t> numbers = add_keys(inner, correlated.inner);
  SelectedRows groups = bind_grouping(select, inner, none, numbers);
  if (keys == 0) {
    return join_value(bind_items(select, groups, none).node, {}, rows, item.position);
  }
  const size_t width = rows.scope.columns().size();
  widen(rows, new_left_join(plan_, rows, groups.relation.node, correlated, item.position));
  const auto& aggregation = static_cast<const GroupAggregate&>(*groups.relation.node);
  std::vector<Expression> columns;
  for (size_t i = width; i < rows.scope.columns().size(); ++i) {
    columns.push_back(Expression::of_column(i, rows.scope[i].type));
    const size_t key_or_call = i - width;
    if (key_or_call >= keys &&
        aggregation.aggregates[key_or_call - keys].function->name == "COUNT") {
      columns.back() = zero_for_null(std::move(columns.back()));
    }
  }
  const ExpressionBinder binder(&rows.scope, [&](const sql::Expression& written) {
    auto value = groups.answer(written);
    return value ? std::optional(value->substituted(columns)) : std::nullopt;
  });
  Expression value = binder.bind(item);
  value.type = value.type.as_nullable();
  return value;
}

// The keys as columns behind the others, by their numbers.
std::vector<size_t> QueryBinder::add_keys(SelectedRows& rows, std::vector<Expression> keys) {
  std::vector<Expression> columns = all_columns(rows.relation.node->schema);
  std::vector<size_t> numbers;
  for (Expression& key : keys) {
    numbers.push_back(columns.size());
    const std::string name = "$key" + std::to_string(columns.size());
    rows.scope.add({"", name, key.type, true});
    columns.push_back(std::move(key));
    rows.relation.names.push_back(name);
  }
  rows.relation.node =
      new_project(plan_, rows.relation.node, std::move(columns), rows.relation.names);
  return numbers;
}

// FROM and WHERE; `keys` get what the rows have in common with the outer ones that they belong to.
SelectedRows QueryBinder::bind_correlated(const sql::Select& select, const SelectedRows& outer,
                                          CorrelatedKeys& keys) {
  SelectedRows inner{{}, Scope(&functions_)};
  inner.relation = bind_from(*select.from, inner.scope);
  InnerConditions conditions = inner_conditions(*select.where, outer.scope, inner.scope);
  if (auto condition = conjunction_of(std::move(conditions.own))) {
    inner.relation.node =
        find_interval_below(new_filter(plan_, inner.relation.node, std::move(*condition)));
  }
  auto equal =
      equal_keys(conditions.across, outer.scope.columns().size(), inner.scope.columns().size());
  keys =
      equal ? std::move(*equal)
            : join_outer_values(inner, std::move(conditions.across), outer, select.where->position);
  return inner;
}

// Each of the rows beside each value of the outer columns for which the conditions hold. The values
// are the keys then, and NULL is one of them.
CorrelatedKeys QueryBinder::join_outer_values(SelectedRows& inner, std::vector<Expression> across,
                                              const SelectedRows& outer, const Position& at) {
  const size_t width = outer.scope.columns().size();
  const size_t size = inner.scope.columns().size();
  std::vector<size_t> numbers(width, 0);
  CorrelatedKeys keys;
  keys.comparison = "IS NOT DISTINCT FROM";
  std::set<size_t> named;
  for (const Expression& condition : across) {
    add_columns_of(condition, named);
  }
  for (const size_t column : named) {
    if (column < width) {
      const Type& type = outer.scope[column].type;
      numbers[column] = size + keys.outer.size();
      keys.inner.push_back(Expression::of_column(numbers[column], type));
      keys.outer.push_back(Expression::of_column(column, type));
      inner.scope.add({"", "", type, true});
      inner.relation.names.emplace_back();
    }
  }
  for (size_t i = 0; i < size; ++i) {
    numbers.push_back(i);
  }
  for (Expression& condition : across) {
    condition = renumbered(std::move(condition), numbers);
  }
  const std::vector<std::string> names(keys.outer.size());
  Node* values = new_distinct(plan_, new_project(plan_, outer.relation.node, keys.outer, names));
  Join* join = new_join(plan_, JoinKind::inner, inner.relation.node, values,
                        conjunction_of(std::move(across)));
  join->position = at;
  inner.relation.node = join;
  return keys;
}

Relation QueryBinder::bind_grouped_by(const sql::Select& select, Relation inner, Scope scope,
                                      std::vector<Expression> keys) {
  const sql::Query plain;
  Ordering none(plain);
  SelectedRows rows{std::move(inner), std::move(scope)};
  const std::vector<size_t> numbers =
      keys.empty() ? std::vector<size_t>() : add_keys(rows, std::move(keys));
  SelectedRows groups = bind_grouping(select, rows, none, numbers);
  return bind_items(select, groups, none);
}

}  // namespace millrace::plan
