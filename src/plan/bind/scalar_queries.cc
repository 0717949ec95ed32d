// A sub-query as a value is a left join: with its one row, or, where its WHERE names columns of the
// query around it, with the row of its group by what those must equal. Without a row the value is
// NULL, and of COUNT by such a group 0. What may have several rows is held to one by SINGLE_VALUE.

#include "plan/bind/scalar_queries.h"

#include <algorithm>

#include "plan/bind/aggregate_calls.h"
#include "plan/bind/aggregation.h"
#include "plan/bind/correlation.h"
#include "plan/bind/expressions.h"
#include "plan/bind/ordering.h"
#include "plan/bind/queries.h"
#include "plan/columns.h"
#include "plan/conjuncts.h"
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

std::vector<const sql::Expression*> scalar_queries_in(const sql::Expression& written) {
  std::vector<const sql::Expression*> found;
  sql::any_of(written, [&](const sql::Expression& part) {
    if (scalar_query(part) != nullptr) {
      found.push_back(&part);
    }
    return false;
  });
  return found;
}

// FROM, WHERE and one item: what can name columns of the query around it.
const sql::Select* plain_select(const sql::Query& query) {
  const auto* select = std::get_if<sql::Select>(&query.body);
  const bool plain = select != nullptr && query.with.empty() && query.order_by.empty() &&
                     !query.limit && !query.offset && select->from && select->where &&
                     select->items.size() == 1 && select->group_by.empty() && !select->having &&
                     !select->qualify && !select->distinct && select->windows.empty() &&
                     select->hints.empty();
  const auto is_query = [](const sql::Expression& part) {
    const auto* in = std::get_if<sql::In>(&part.node);
    return std::holds_alternative<sql::Exists>(part.node) || scalar_query(part) != nullptr ||
           (in != nullptr && in->query);
  };
  return plain && !sql::any_of(*select->where, is_query) ? select : nullptr;
}

bool has_one_row(const sql::Query& query) {
  const auto* select = std::get_if<sql::Select>(&query.body);
  if (select != nullptr && is_aggregated(*select) && select->group_by.empty()) {
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

bool has_scalar_query(const sql::Expression& written) {
  return !scalar_queries_in(written).empty();
}

ScalarValues QueryBinder::bind_scalars(const sql::Expression& written, Relation& from,
                                       Scope& scope) {
  ScalarValues values;
  for (const sql::Expression* found : scalar_queries_in(written)) {
    values.add(*found, bind_scalar(*scalar_query(*found)->query, from, scope, found->position));
  }
  return values;
}

Expression QueryBinder::bind_scalar(const sql::Query& query, Relation& from, Scope& scope,
                                    const Position& at) {
  std::vector<Expression> outer_keys;
  const Relation value = bind_value(query, scope, outer_keys, at);
  const size_t width = from.node->schema.size();
  const size_t keys = outer_keys.size();
  std::vector<Expression> equal;
  for (size_t i = 0; i < keys; ++i) {
    std::vector<Expression> sides;
    sides.push_back(std::move(outer_keys[i]));
    sides.push_back(Expression::of_column(width + i, value.node->schema[i].type));
    equal.push_back(call_of("=", std::move(sides), at));
  }
  Join* join =
      new_join(plan_, JoinKind::left, from.node, value.node, conjunction_of(std::move(equal)));
  join->position = at;
  std::vector<Expression> columns;
  for (size_t i = 0; i < width; ++i) {
    columns.push_back(Expression::of_column(i, join->schema[i].type));
  }
  Expression result = Expression::of_column(width + keys, join->schema[width + keys].type);
  const auto* select = std::get_if<sql::Select>(&query.body);
  const bool counts = keys > 0 && select != nullptr && is_count(*select->items[0].expression);
  columns.push_back(counts ? zero_for_null(std::move(result)) : std::move(result));
  from.names.emplace_back();
  from.node = new_project(plan_, join, std::move(columns), from.names);
  const Type& type = from.node->schema[width].type;
  scope.add({"", "", type, true});
  return Expression::of_column(width, type);
}

// What the outer keys must equal, and behind it the value.
Relation QueryBinder::bind_value(const sql::Query& query, const Scope& outer,
                                 std::vector<Expression>& outer_keys, const Position& at) {
  const sql::Select* select = plain_select(query);
  if (select == nullptr) {
    Relation relation = bind(query);
    if (relation.names.size() != 1) {
      throw Error(ErrorCode::invalid_argument,
                  "a sub-query as a value has one column, but this one has " +
                      std::to_string(relation.names.size()),
                  at);
    }
    if (!has_one_row(query)) {
      relation.node = single_value_by(plan_, relation.node, 0, at);
    }
    return relation;
  }
  Scope scope(&functions_);
  Relation inner = bind_from(*select->from, scope);
  const size_t width = outer.columns().size();
  const size_t size = scope.columns().size();
  std::vector<Expression> inner_keys;
  InnerConditions conditions = inner_conditions(*select->where, outer, scope);
  for (const Expression& across : conditions.across) {
    auto found = correlation_of(across, width, size);
    if (!found) {
      refuse(
          "a condition on columns of the outer query other than an equality, in a sub-query as a "
          "value,",
          select->where->position);
    }
    outer_keys.push_back(std::move(found->outer));
    inner_keys.push_back(std::move(found->inner));
  }
  if (auto condition = conjunction_of(std::move(conditions.own))) {
    inner.node = new_filter(plan_, inner.node, std::move(*condition));
  }
  const sql::Expression& item = *select->items[0].expression;
  if (!is_aggregated(*select)) {
    std::vector<std::string> names(inner_keys.size() + 1);
    inner_keys.push_back(ExpressionBinder(&scope).bind(item));
    Node* input = new_project(plan_, inner.node, std::move(inner_keys), names);
    return {single_value_by(plan_, input, names.size() - 1, at), names};
  }
  if (!inner_keys.empty() && !is_count(item) && !is_null_over_nothing(item)) {
    refuse("a correlated sub-query whose value is not one aggregate function", item.position);
  }
  return bind_grouped_by(*select, inner, scope, std::move(inner_keys));
}

Relation QueryBinder::bind_grouped_by(const sql::Select& select, Relation inner, Scope scope,
                                      std::vector<Expression> keys) {
  std::vector<Expression> columns = all_columns(inner.node->schema);
  std::vector<size_t> numbers;
  for (Expression& key : keys) {
    numbers.push_back(columns.size());
    const std::string name = "$key" + std::to_string(columns.size());
    scope.add({"", name, key.type, true});
    columns.push_back(std::move(key));
    inner.names.push_back(name);
  }
  inner.node = new_project(plan_, inner.node, std::move(columns), inner.names);
  const sql::Query plain;
  Ordering none(plain);
  return bind_grouped(plan_, select, inner, scope, none, numbers);
}

}  // namespace millrace::plan
