// WHERE, HAVING, and in them [NOT] IN and [NOT] EXISTS of a query: semi and anti joins above the
// filter that the other conditions make. A sub-query may name columns of the query around it in its
// own WHERE and select list; those conditions become the join's.

#include <algorithm>

#include "plan/bind/aggregation.h"
#include "plan/bind/correlation.h"
#include "plan/bind/expressions.h"
#include "plan/bind/literals.h"
#include "plan/bind/queries.h"
#include "plan/bind/select_items.h"
#include "plan/bind/selected_rows.h"
#include "plan/bind/sub_query_values.h"
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
  // As any of them is IN, and unlike all of them is NOT IN.
  if (const auto* any = std::get_if<sql::Quantified>(&condition.node)) {
    const bool is_in = any->quantifier == sql::Quantified::Quantifier::any &&
                       any->op == sql::BinaryOperator::equal;
    const bool is_not_in = any->quantifier == sql::Quantified::Quantifier::all &&
                           any->op == sql::BinaryOperator::not_equal;
    if (is_in || is_not_in) {
      return SubQuery{any->query.get(), any->left.get(), is_not_in, at};
    }
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
const sql::Select* plain_select(const sql::Query& query, bool asks_for_one,
                                const UserFunctions& functions) {
  const auto* select = std::get_if<sql::Select>(&query.body);
  const auto* limit = query.limit ? std::get_if<sql::NumberLiteral>(&query.limit->node) : nullptr;
  const bool all = !query.limit || (asks_for_one && limit != nullptr && limit->text != "0");
  const bool plain = select != nullptr && query.with.empty() && query.order_by.empty() && all &&
                     !query.offset && select->from && !is_aggregated(*select, &functions) &&
                     !select->qualify && select->windows.empty() && select->hints.empty();
  return plain ? select : nullptr;
}

// That the values equal the sub-query's columns; for NOT IN that they may, for all that is known: a
// NULL on either side makes a row vanish.
Expression membership(const SubQuery& sub, std::vector<Expression> columns,
                      const ExpressionBinder& outer) {
  const auto values = compared_values(*sub.value);
  if (values.size() != columns.size()) {
    throw Error(ErrorCode::type_mismatch,
                "IN compares " + std::to_string(values.size()) + " values with " +
                    std::to_string(columns.size()) + " columns of its sub-query",
                sub.position);
  }
  std::vector<Expression> equal;
  for (size_t i = 0; i < values.size(); ++i) {
    std::vector<Expression> sides;
    sides.push_back(outer.bind(*values[i]));
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
    column.is_outer = true;
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
static Conditions without_sub_queries(const Conditions& all, std::vector<SubQuery>& subs) {
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

static std::vector<Expression> bound_conditions(const Conditions& written,
                                                const ExpressionBinder& binder,
                                                std::string_view clause) {
  std::vector<Expression> conditions;
  for (const sql::Expression* part : written) {
    conditions.push_back(binder.bind_condition(*part, clause));
  }
  return conditions;
}

// Ahead of what has sub-queries.
void QueryBinder::bind_plain_conditions(const Conditions& parts, std::string_view clause,
                                        SelectedRows& rows) {
  const ExpressionBinder binder(&rows.scope, rows.answer);
  if (auto condition = conjunction_of(bound_conditions(parts, binder, clause))) {
    rows.relation.node =
        find_interval_below(new_filter(plan_, rows.relation.node, std::move(*condition)));
  }
}

void QueryBinder::bind_conditions(const Conditions& parts, std::string_view clause,
                                  SelectedRows& rows) {
  Conditions all;
  for (const sql::Expression* part : parts) {
    split(*part, all);
  }
  std::vector<SubQuery> subs;
  Conditions plain;
  Conditions comparing;
  for (const sql::Expression* part : without_sub_queries(all, subs)) {
    const bool compares = !sub_queries_outside_aggregates(*part, functions_).empty();
    (compares ? comparing : plain).push_back(part);
  }
  bind_plain_conditions(plain, clause, rows);
  for (const sql::Expression* part : comparing) {
    const SubQueryValues values = bind_values(*part, rows);
    const ExpressionBinder binder(&rows.scope, [&](const sql::Expression& written) {
      auto value = values.answer(written);
      return value || rows.answer == nullptr ? std::move(value) : rows.answer(written);
    });
    rows.relation.node =
        new_filter(plan_, rows.relation.node, binder.bind_condition(*part, clause));
  }
  for (const SubQuery& sub : subs) {
    bind_sub_query(sub, rows);
  }
}

void QueryBinder::bind_sub_query(const SubQuery& sub, SelectedRows& rows) {
  const Scope& outer = rows.scope;
  const size_t width = rows.relation.node->schema.size();
  SelectedRows inner{{}, Scope(&functions_)};
  std::vector<Expression> conditions;
  std::vector<Expression> columns;
  if (const sql::Select* select = plain_select(*sub.query, sub.value == nullptr, functions_)) {
    inner.relation = bind_from(*select->from, inner.scope);
    const Scope both = scope_within(outer, inner.scope);
    if (select->where) {
      Conditions all;
      split(*select->where, all);
      std::vector<SubQuery> deeper;
      conditions =
          bound_conditions(without_sub_queries(all, deeper), ExpressionBinder(&both), "WHERE");
      for (const SubQuery& one : deeper) {
        bind_sub_query(one, inner);
      }
    }
    for (const SelectedItem& item : expand_items(*select, inner.scope)) {
      columns.push_back(
          item.written != nullptr
              ? ExpressionBinder(&both).bind(*item.written)
              : Expression::of_column(width + item.column, inner.scope[item.column].type));
    }
    if (std::any_of(conditions.begin(), conditions.end(), [&](const Expression& condition) {
          const Uses uses = uses_of(condition, width);
          return uses == Uses::outer || uses == Uses::both;
        })) {
      note_correlated(rows, sub.position);
    }
  } else {
    CorrelatedKeys keys;
    inner.relation = bind_members(*sub.query, rows, keys, sub.position);
    if (sub.value == nullptr && !keys.outer.empty() && always_has_a_row(*sub.query, functions_)) {
      rows.relation.node = new_filter(plan_, rows.relation.node, boolean_literal(!sub.negated));
      return;
    }
    for (size_t i = 0; i < inner.relation.node->schema.size(); ++i) {
      Expression column = Expression::of_column(width + i, inner.relation.node->schema[i].type);
      if (i < keys.outer.size()) {
        conditions.push_back(
            call_of(keys.comparison, {keys.outer[i], std::move(column)}, sub.position));
      } else {
        columns.push_back(std::move(column));
      }
    }
  }
  if (sub.value != nullptr) {
    const ExpressionBinder binder(&outer, rows.answer);
    conditions.push_back(membership(sub, std::move(columns), binder));
  }
  Join* join = new_join(plan_, sub.negated ? JoinKind::anti : JoinKind::semi, rows.relation.node,
                        inner.relation.node, conjunction_of(std::move(conditions)));
  join->position = sub.position;
  find_window(*join);
  rows.relation.node = join;
}

}  // namespace millrace::plan
