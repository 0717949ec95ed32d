// WHERE, and in it [NOT] IN and [NOT] EXISTS of a query: semi and anti joins above the filter that
// the other conditions make. A sub-query may name columns of the query around it in its own WHERE
// and select list; those conditions become the join's.

#include "plan/bind/aggregation.h"
#include "plan/bind/expressions.h"
#include "plan/bind/queries.h"
#include "plan/bind/scalar_queries.h"
#include "plan/bind/select_items.h"
#include "plan/columns.h"
#include "plan/conjuncts.h"
#include "plan/join_times.h"
#include "plan/new_nodes.h"

namespace millrace::plan {

using function::Expression;

struct SubQuery {
  const sql::Query* query = nullptr;
  const sql::Expression* value = nullptr;  // of IN; null for EXISTS
  bool negated = false;
  Position position;
};

namespace {

using Conditions = std::vector<const sql::Expression*>;

void split(const sql::Expression& condition, Conditions& parts) {
  const auto* binary = std::get_if<sql::Binary>(&condition.node);
  if (binary != nullptr && binary->op == sql::BinaryOperator::and_) {
    split(*binary->left, parts);
    split(*binary->right, parts);
  } else {
    parts.push_back(&condition);
  }
}

std::optional<SubQuery> sub_query_of(const sql::Expression& condition) {
  const Position& at = condition.position;
  if (const auto* in = std::get_if<sql::In>(&condition.node); in != nullptr && in->query) {
    return SubQuery{in->query.get(), in->value.get(), in->negated, at};
  }
  if (const auto* exists = std::get_if<sql::Exists>(&condition.node)) {
    return SubQuery{exists->query.get(), nullptr, false, at};
  }
  const auto* unary = std::get_if<sql::Unary>(&condition.node);
  if (unary != nullptr && unary->op == sql::UnaryOperator::not_) {
    if (auto inner = sub_query_of(*unary->operand)) {
      inner->negated = !inner->negated;
      return inner;
    }
  }
  return std::nullopt;
}

// FROM and WHERE alone, whose conditions the join can take over.
const sql::Select* plain_select(const sql::Query& query) {
  const auto* select = std::get_if<sql::Select>(&query.body);
  const bool plain = select != nullptr && query.with.empty() && query.order_by.empty() &&
                     !query.limit && !query.offset && select->from && !is_aggregated(*select) &&
                     !select->qualify && select->windows.empty() && select->hints.empty();
  return plain ? select : nullptr;
}

// (a, b) IN has a value a column.
std::vector<const sql::Expression*> values_of(const sql::Expression& value) {
  std::vector<const sql::Expression*> values;
  if (const auto* row = std::get_if<sql::RowConstructor>(&value.node)) {
    for (const sql::ExpressionPtr& field : row->fields) {
      values.push_back(field.get());
    }
  } else {
    values.push_back(&value);
  }
  return values;
}

// That the values equal the sub-query's columns; for NOT IN that they may, for all that is known: a
// NULL on either side makes a row vanish.
Expression membership(const SubQuery& sub, std::vector<Expression> columns, const Scope& outer) {
  const auto values = values_of(*sub.value);
  if (values.size() != columns.size()) {
    throw Error(ErrorCode::type_mismatch,
                "IN compares " + std::to_string(values.size()) + " values with " +
                    std::to_string(columns.size()) + " columns of its sub-query",
                sub.position);
  }
  std::vector<Expression> equal;
  for (size_t i = 0; i < values.size(); ++i) {
    std::vector<Expression> sides;
    sides.push_back(ExpressionBinder(&outer).bind(*values[i]));
    sides.push_back(std::move(columns[i]));
    equal.push_back(call_of("=", std::move(sides), sub.position));
  }
  Expression all = *conjunction_of(std::move(equal));
  if (!sub.negated || !all.type.nullable) {
    return all;
  }
  std::vector<Expression> argument;
  argument.push_back(std::move(all));
  return call_of("IS NOT FALSE", std::move(argument), sub.position);
}

}  // namespace

Scope scope_within(const Scope& outer, const Scope& inner) {
  Scope both(outer.functions());
  for (ScopeColumn column : outer.columns()) {
    for (const ScopeColumn& hiding : inner.columns()) {
      if (!column.table.empty() && hiding.table == column.table) {
        column.table.clear();
        column.needs_qualifier = true;
      } else if (hiding.name == column.name) {
        column.needs_qualifier = true;
      }
    }
    both.add(std::move(column));
  }
  for (const ScopeColumn& column : inner.columns()) {
    both.add(column);
  }
  return both;
}

// The conditions that are no sub-queries; those that are go into `subs`.
static Conditions without_sub_queries(const sql::Expression& where, std::vector<SubQuery>& subs) {
  Conditions all;
  split(where, all);
  Conditions plain;
  for (const sql::Expression* part : all) {
    if (auto sub = sub_query_of(*part)) {
      subs.push_back(std::move(*sub));
    } else {
      plain.push_back(part);
    }
  }
  return plain;
}

static std::vector<Expression> bound_conditions(const Conditions& written, const Scope& scope) {
  std::vector<Expression> conditions;
  for (const sql::Expression* part : written) {
    conditions.push_back(ExpressionBinder(&scope).bind_condition(*part, "WHERE"));
  }
  return conditions;
}

void QueryBinder::bind_where(const sql::Expression& where, Relation& from, Scope& scope) {
  std::vector<SubQuery> subs;
  Conditions plain = without_sub_queries(where, subs);
  Conditions comparing;
  std::copy_if(plain.begin(), plain.end(), std::back_inserter(comparing),
               [](const sql::Expression* part) { return has_scalar_query(*part); });
  std::erase_if(plain, [](const sql::Expression* part) { return has_scalar_query(*part); });
  if (subs.empty() && comparing.empty()) {
    from.node = find_interval_below(
        new_filter(plan_, from.node, ExpressionBinder(&scope).bind_condition(where, "WHERE")));
    return;
  }
  if (auto condition = conjunction_of(bound_conditions(plain, scope))) {
    from.node = find_interval_below(new_filter(plan_, from.node, std::move(*condition)));
  }
  for (const sql::Expression* part : comparing) {
    const ScalarValues values = bind_scalars(*part, from, scope);
    const ExpressionBinder binder(
        &scope, [&](const sql::Expression& written) { return values.answer(written); });
    from.node = new_filter(plan_, from.node, binder.bind_condition(*part, "WHERE"));
  }
  for (const SubQuery& sub : subs) {
    bind_sub_query(sub, from, scope);
  }
}

void QueryBinder::bind_sub_query(const SubQuery& sub, Relation& from, const Scope& outer) {
  const size_t width = from.node->schema.size();
  Relation inner;
  std::vector<Expression> conditions;
  std::vector<Expression> columns;
  if (const sql::Select* select = plain_select(*sub.query)) {
    Scope inner_scope(&functions_);
    inner = bind_from(*select->from, inner_scope);
    const Scope both = scope_within(outer, inner_scope);
    if (select->where) {
      std::vector<SubQuery> deeper;
      conditions = bound_conditions(without_sub_queries(*select->where, deeper), both);
      for (const SubQuery& one : deeper) {
        bind_sub_query(one, inner, inner_scope);
      }
    }
    for (const SelectedItem& item : expand_items(*select, inner_scope)) {
      columns.push_back(
          item.written != nullptr
              ? ExpressionBinder(&both).bind(*item.written)
              : Expression::of_column(width + item.column, inner_scope[item.column].type));
    }
  } else {
    inner = bind(*sub.query);
    for (size_t i = 0; i < inner.node->schema.size(); ++i) {
      columns.push_back(Expression::of_column(width + i, inner.node->schema[i].type));
    }
  }
  if (sub.value != nullptr) {
    conditions.push_back(membership(sub, std::move(columns), outer));
  }
  Join* join = new_join(plan_, sub.negated ? JoinKind::anti : JoinKind::semi, from.node, inner.node,
                        conjunction_of(std::move(conditions)));
  join->position = sub.position;
  find_window(*join);
  from.node = join;
}

}  // namespace millrace::plan
