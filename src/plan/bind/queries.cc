#include "plan/bind/queries.h"

#include <utility>

#include "base/match.h"
#include "plan/bind/aggregation.h"
#include "plan/bind/expressions.h"
#include "plan/bind/hints.h"
#include "plan/bind/ordering.h"
#include "plan/bind/over.h"
#include "plan/bind/scalar_queries.h"
#include "plan/bind/select_items.h"
#include "plan/columns.h"
#include "plan/new_nodes.h"

namespace millrace::plan {

using function::Expression;

namespace {

[[noreturn]] void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what + " is not supported", at);
}

}  // namespace

Scope scope_of(const Relation& relation, const std::string& table, const UserFunctions* functions) {
  Scope scope(functions);
  for (size_t i = 0; i < relation.names.size(); ++i) {
    scope.add({table, relation.names[i], relation.node->schema[i].type});
  }
  return scope;
}

Relation QueryBinder::bind(const sql::Query& query) {
  CommonTables tables;
  for (const sql::CommonTable& table : query.with) {
    tables[table.name.text].written = &table;
  }
  common_tables_.push_back(std::move(tables));
  Ordering ordering(query);
  const auto* select = std::get_if<sql::Select>(&query.body);
  Relation relation =
      select != nullptr ? bind(*select, ordering, query.position) : bind_ordered(query, ordering);
  common_tables_.pop_back();
  return relation;
}

Relation QueryBinder::bind_ordered(const sql::Query& query, Ordering& ordering) {
  Relation relation = match(
      query.body, [](const sql::Select&) { return Relation(); },
      [&](const sql::SetOperation& operation) { return bind(operation, query.position); },
      [&](const sql::Values& values) { return bind(values, query.position); },
      [&](const sql::TableQuery& table) { return bind_name(table.name); });
  order_shown(ordering, relation);
  return relation;
}

void QueryBinder::order_shown(Ordering& ordering, Relation& relation) {
  const Scope scope = scope_of(relation, "", &functions_);
  ordering.bind_shown(ExpressionBinder(&scope), relation.node->schema, relation.names);
  relation.node = ordering.add_to(plan_, relation.node);
}

Relation QueryBinder::bind(const sql::Select& select, Ordering& ordering, const Position& at) {
  const SelectHints hints(select);
  const SelectHints* around = std::exchange(hints_, &hints);
  Relation relation;
  if (select.distinct) {
    const sql::Query plain;
    Ordering none(plain);
    relation = bind_all(select, none);
    relation.node = new_distinct(plan_, relation.node, at);
    relation.node->state_ttl = hints.ttl_of_groups(select);
    order_shown(ordering, relation);
  } else {
    relation = bind_all(select, ordering);
  }
  hints_ = around;
  return relation;
}

Relation QueryBinder::bind_all(const sql::Select& select, Ordering& ordering) {
  Scope scope(&functions_);
  Relation from =
      select.from ? bind_from(*select.from, scope) : Relation{new_values(plan_, {{}}, {}), {}};
  if (select.where) {
    bind_where(*select.where, from, scope);
  }
  if (!is_aggregated(select)) {
    ScalarValues values;
    for (const sql::SelectItem& item : select.items) {
      values.add(bind_scalars(*item.expression, from, scope));
    }
    return bind_items(select, from, scope, values, ordering);
  }
  if (select.qualify) {
    refuse("QUALIFY of a query with GROUP BY", select.qualify->position);
  }
  const size_t before = plan_.nodes.size();
  Relation grouped = bind_grouped(plan_, select, from, scope, ordering);
  for (size_t i = before; i < plan_.nodes.size(); ++i) {
    if (plan_.nodes[i]->kind == NodeKind::group_aggregate) {
      plan_.nodes[i]->state_ttl = hints_->ttl_of_groups(select);
    }
  }
  return grouped;
}

namespace {

// QUALIFY may name what the select list names.
std::optional<Expression> bind_alias(const sql::Expression& written, const sql::Select& select,
                                     const Scope& scope, const ExpressionBinder& binder) {
  const auto* name = std::get_if<sql::ColumnName>(&written.node);
  if (name == nullptr || name->name.parts.size() != 1) {
    return std::nullopt;
  }
  const std::string& text = name->name.last().text;
  for (const ScopeColumn& column : scope.columns()) {
    if (column.name == text) {
      return std::nullopt;
    }
  }
  for (const sql::SelectItem& item : select.items) {
    if (item.alias && item.alias->text == text) {
      return binder.bind(*item.expression);
    }
  }
  return std::nullopt;
}

}  // namespace

Relation QueryBinder::bind_items(const sql::Select& select, const Relation& from,
                                 const Scope& scope, const ScalarValues& values,
                                 Ordering& ordering) {
  OverCalls over(scope, select.windows);
  const ExpressionBinder binder(&scope, [&](const sql::Expression& written) {
    auto call = over.answer(written);
    return call ? std::move(call) : values.answer(written);
  });
  std::vector<Expression> expressions;
  Relation relation;
  for (const SelectedItem& item : expand_items(select, scope)) {
    expressions.push_back(item.written != nullptr
                              ? binder.bind(*item.written)
                              : Expression::of_column(item.column, scope[item.column].type));
    relation.names.push_back(item.name);
  }
  std::vector<std::string> names = relation.names;
  ordering.bind(binder, expressions, names);
  std::optional<Expression> qualify;
  if (select.qualify) {
    const ExpressionBinder with_aliases(&scope, [&](const sql::Expression& written) {
      auto call = over.answer(written);
      return call ? std::move(call) : bind_alias(written, select, scope, binder);
    });
    qualify = with_aliases.bind_condition(*select.qualify, "QUALIFY");
  }
  Node* node = over.add_to(plan_, from.node);
  if (qualify) {
    node = new_filter(plan_, node, over.placed(std::move(*qualify)));
  }
  for (Expression& expression : expressions) {
    expression = over.placed(std::move(expression));
  }
  relation.node = ordering.add_to(plan_, new_project(plan_, node, std::move(expressions), names));
  return relation;
}

}  // namespace millrace::plan
