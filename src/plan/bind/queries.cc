#include "plan/bind/queries.h"

#include <set>
#include <utility>

#include "base/match.h"
#include "plan/bind/aggregation.h"
#include "plan/bind/distinct_rows.h"
#include "plan/bind/expressions.h"
#include "plan/bind/hints.h"
#include "plan/bind/ordering.h"
#include "plan/bind/over.h"
#include "plan/bind/select_items.h"
#include "plan/bind/selected_rows.h"
#include "plan/bind/sub_query_values.h"
#include "plan/new_nodes.h"
#include "plan/runtime_mode.h"

namespace millrace::plan {

using function::Expression;

Scope scope_of(const Relation& relation, const std::string& table, const UserFunctions* functions) {
  Scope scope(functions);
  const std::vector<std::string>& names = relation.names;
  const std::multiset<std::string_view> all(names.begin(), names.end());
  for (size_t i = 0; i < names.size(); ++i) {
    const bool is_repeated = all.count(names[i]) > 1;
    scope.add({table, names[i], relation.node->schema[i].type, false, is_repeated});
  }
  return scope;
}

Relation QueryBinder::bind(const sql::Query& query) { return bind(query, Ordering(query)); }

Relation QueryBinder::bind_nested(const sql::Query& query) {
  return bind(query, Ordering(query, Ordering::Alone::is_dropped));
}

Relation QueryBinder::bind(const sql::Query& query, Ordering ordering) {
  CommonTables tables;
  for (const sql::CommonTable& table : query.with) {
    tables[table.name.text].written = &table;
  }
  common_tables_.push_back(std::move(tables));
  const auto* select = std::get_if<sql::Select>(&query.body);
  Relation relation = select != nullptr ? bind(*select, ordering) : bind_ordered(query, ordering);
  for (const auto& [name, table] : common_tables_.back()) {
    if (table.written != nullptr && table.relation.node == nullptr) {
      note({BeyondFlink::Flink::answers_otherwise, table.written->name.position,
            "Flink looks at common table '" + name +
                "' as well, which is not looked at here, as nothing names it: leave it out"});
    }
  }
  common_tables_.pop_back();
  return relation;
}

Relation QueryBinder::bind_ordered(const sql::Query& query, Ordering& ordering) {
  Relation relation = match(
      query.body, [](const sql::Select&) { return Relation(); },
      [&](const sql::SetOperation& operation) { return bind(operation, query.position); },
      [&](const sql::Values& values) { return bind(values, query.position); },
      [&](const sql::TableQuery& table) {
        return bind_name(table.name,
                         ordering.leaves_order() ? Views::in_order : Views::in_any_order);
      });
  order_shown(ordering, relation);
  return relation;
}

void QueryBinder::order_shown(Ordering& ordering, Relation& relation) {
  const Scope scope = scope_of(relation, "", &functions_);
  ordering.bind_shown(ExpressionBinder(&scope), relation.node->schema, relation.names);
  relation.node = ordering.add_to(plan_, relation.node);
}

Relation QueryBinder::bind(const sql::Select& select, Ordering& ordering) {
  const SelectHints hints(select);
  const SelectHints* around = std::exchange(hints_, &hints);
  Relation relation;
  if (select.distinct) {
    const sql::Query plain;
    Ordering none(plain, Ordering::Alone::is_dropped);
    relation = bind_all(select, none);
    relation.node = distinct_rows(plan_, relation.node, select.items.front().expression->position);
    relation.node->state_ttl = hints.ttl_of_groups(select);
    order_shown(ordering, relation);
  } else {
    relation = bind_all(select, ordering);
  }
  hints_ = around;
  return relation;
}

// Two tables of one name in a FROM could not be told apart.
static void refuse_repeated_names(const sql::TableReference& table, std::set<std::string>& seen) {
  if (const auto* join = std::get_if<sql::Join>(&table.node); join != nullptr && !table.alias) {
    refuse_repeated_names(*join->left, seen);
    refuse_repeated_names(*join->right, seen);
    return;
  }
  const auto* named = std::get_if<sql::NamedTable>(&table.node);
  const std::string name = table.alias        ? table.alias->name.text
                           : named != nullptr ? named->name.last().text
                                              : "";
  if (!name.empty() && !seen.insert(name).second) {
    throw Error(ErrorCode::invalid_argument,
                "duplicate relation name '" + name + "' in FROM: give one of them an alias",
                table.position);
  }
}

Relation QueryBinder::bind_all(const sql::Select& select, Ordering& ordering) {
  SelectedRows rows{{}, Scope(&functions_)};
  if (select.from) {
    std::set<std::string> seen;
    refuse_repeated_names(*select.from, seen);
  }
  const bool keeps_order = ordering.leaves_order() && !is_aggregated(select, &functions_);
  const Views views = keeps_order ? Views::in_order : Views::in_any_order;
  rows.relation = select.from ? bind_from(*select.from, rows.scope, views)
                              : Relation{new_values(plan_, {{}}, {}), {}};
  if (select.where) {
    bind_conditions({select.where.get()}, "WHERE", rows);
  }
  if (!is_aggregated(select, &functions_)) {
    return bind_items(select, rows, ordering);
  }
  if (select.qualify) {
    throw Error(
        ErrorCode::unsupported,
        "QUALIFY of a query with GROUP BY is not supported, as Flink cannot plan it: number "
        "the groups in a sub-query and filter on that",
        select.qualify->position);
  }
  SelectedRows groups = bind_grouping(select, rows, ordering, {});
  if (groups.relation.node->kind == NodeKind::group_aggregate) {
    groups.relation.node->state_ttl = hints_->ttl_of_groups(select);
  }
  return bind_items(select, groups, ordering);
}

// `from` outlives the groups.
SelectedRows QueryBinder::bind_grouping(const sql::Select& select, SelectedRows& from,
                                        const Ordering& ordering,
                                        const std::vector<size_t>& keys_ahead) {
  std::vector<const sql::Expression*> written;
  for (const sql::SelectItem& item : select.items) {
    written.push_back(item.expression.get());
  }
  for (const sql::OrderItem& item : ordering.items()) {
    written.push_back(item.expression.get());
  }
  for (const auto* clause : {&select.having, &select.qualify}) {
    if (*clause) {
      written.push_back(clause->get());
    }
  }
  SubQueryValues values;
  for (const sql::Expression* expression : written) {
    for (const sql::Expression* part : inside_aggregates(*expression, &functions_)) {
      values.add(bind_values(*part, from));
    }
  }
  SelectedRows groups = bind_groups(
      plan_, select, {from.relation.node, from.scope, std::move(values), keys_ahead}, written);
  groups.closed_in_flink =
      "Flink cannot plan a sub-query in HAVING, or beside GROUP BY and aggregate functions, that "
      "names columns of the query around it: group in a query of its own, in FROM";
  return groups;
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

Relation QueryBinder::bind_items(const sql::Select& select, SelectedRows& rows,
                                 Ordering& ordering) {
  if (select.having) {
    bind_conditions({select.having.get()}, "HAVING", rows);
  }
  SubQueryValues values;
  for (const sql::SelectItem& item : select.items) {
    values.add(bind_values(*item.expression, rows));
  }
  if (select.qualify) {
    values.add(bind_values(*select.qualify, rows));
  }
  const Scope& scope = rows.scope;
  const ExpressionBinder::Intercept value_of = [&](const sql::Expression& written) {
    auto value = values.answer(written);
    return value || rows.answer == nullptr ? std::move(value) : rows.answer(written);
  };
  OverCalls over(scope, select.windows,
                 is_batch(plan_) ? RuntimeMode::batch : RuntimeMode::streaming);
  const ExpressionBinder within_calls(&scope, value_of);
  const ExpressionBinder binder(&scope, [&](const sql::Expression& written) {
    auto call = over.answer(written, within_calls);
    return call ? std::move(call) : value_of(written);
  });
  std::vector<Expression> expressions;
  Relation relation;
  for (size_t i = 0; i < rows.keys_ahead; ++i) {
    expressions.push_back(Expression::of_column(i, scope[i].type));
    relation.names.push_back(scope[i].name);
  }
  for (const SelectedItem& item : expand_items(select, rows.named())) {
    expressions.push_back(item.written != nullptr ? binder.bind(*item.written)
                                                  : rows.column(item.column, select.items[0]));
    relation.names.push_back(item.name);
  }
  std::vector<std::string> names = relation.names;
  ordering.bind(binder, expressions, names);
  std::optional<Expression> qualify;
  if (select.qualify) {
    const ExpressionBinder::Intercept named = [&](const sql::Expression& written) {
      auto alias = bind_alias(written, select, rows.named(), binder);
      return alias ? std::move(alias) : value_of(written);
    };
    const ExpressionBinder with_aliases(&scope, [&](const sql::Expression& written) {
      auto call = over.answer(written, ExpressionBinder(&scope, named));
      return call ? std::move(call) : named(written);
    });
    qualify = with_aliases.bind_condition(*select.qualify, "QUALIFY");
  }
  Node* node = over.add_to(plan_, rows.relation.node);
  if (qualify) {
    node = new_filter(plan_, node, over.placed(std::move(*qualify)));
  }
  for (Expression& expression : expressions) {
    expression = over.placed(std::move(expression));
  }
  relation.node =
      ordering.add_to(plan_, new_project(plan_, node, std::move(expressions), made_unique(names)));
  return relation;
}

}  // namespace millrace::plan
