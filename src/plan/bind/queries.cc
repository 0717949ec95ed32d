#include "plan/bind/queries.h"

#include "base/match.h"
#include "plan/bind/aggregation.h"
#include "plan/bind/expressions.h"
#include "plan/bind/over.h"
#include "plan/bind/select_items.h"
#include "plan/columns.h"
#include "plan/new_nodes.h"

namespace millrace::plan {

using function::Expression;

namespace {

[[noreturn]] void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what + " is not supported", at);
}

// Clauses that parse and have no plan.
void refuse_clauses(const sql::Query& query) {
  if (!query.order_by.empty()) {
    refuse("ORDER BY", query.order_by.front().expression->position);
  }
  if (query.limit) {
    refuse("LIMIT", query.limit->position);
  }
  if (query.offset) {
    refuse("OFFSET", query.offset->position);
  }
}

void refuse_clauses(const sql::Select& select, const Position& at) {
  if (select.distinct) {
    refuse("SELECT DISTINCT", at);
  }
  if (!select.hints.empty()) {
    refuse("the hint " + select.hints.front().name.text, select.hints.front().name.position);
  }
}

const char* word_of(sql::SetOperation::Kind kind) {
  switch (kind) {
    case sql::SetOperation::Kind::union_: return "UNION";
    case sql::SetOperation::Kind::intersect: return "INTERSECT";
    case sql::SetOperation::Kind::except: return "EXCEPT";
  }
  return "";
}

}  // namespace

Scope scope_of(const Relation& relation, const std::string& table) {
  Scope scope;
  for (size_t i = 0; i < relation.names.size(); ++i) {
    scope.add({table, relation.names[i], relation.node->schema[i].type});
  }
  return scope;
}

Relation QueryBinder::bind(const sql::Query& query) {
  refuse_clauses(query);
  CommonTables tables;
  for (const sql::CommonTable& table : query.with) {
    tables[table.name.text].written = &table;
  }
  common_tables_.push_back(std::move(tables));
  Relation relation = match(
      query.body, [&](const sql::Select& select) { return bind(select, query.position); },
      [&](const sql::SetOperation& operation) { return bind(operation, query.position); },
      [&](const sql::Values& values) { return bind(values, query.position); },
      [&](const sql::TableQuery& table) { return bind_name(table.name); });
  common_tables_.pop_back();
  return relation;
}

Relation QueryBinder::bind(const sql::Select& select, const Position& at) {
  refuse_clauses(select, at);
  Scope scope;
  Relation from =
      select.from ? bind_from(*select.from, scope) : Relation{new_values(plan_, {{}}, {}), {}};
  if (select.where) {
    bind_where(*select.where, from, scope);
  }
  if (!is_aggregated(select)) {
    return bind_items(select, from, scope);
  }
  if (select.qualify) {
    refuse("QUALIFY of a query with GROUP BY", select.qualify->position);
  }
  return bind_grouped(plan_, select, from, scope);
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
                                 const Scope& scope) {
  OverCalls over(scope, select.windows);
  const ExpressionBinder binder(
      &scope, [&](const sql::Expression& written) { return over.answer(written); });
  std::vector<Expression> expressions;
  Relation relation;
  for (const SelectedItem& item : expand_items(select, scope)) {
    expressions.push_back(item.written != nullptr
                              ? binder.bind(*item.written)
                              : Expression::of_column(item.column, scope[item.column].type));
    relation.names.push_back(item.name);
  }
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
  relation.node = new_project(plan_, node, std::move(expressions), relation.names);
  return relation;
}

// --- UNION ALL ---

namespace {

void check_same_width(const Relation& left, const Relation& right, const Position& at) {
  if (left.names.size() != right.names.size()) {
    throw Error(ErrorCode::type_mismatch,
                "the sides of UNION ALL have different numbers of columns: " +
                    std::to_string(left.names.size()) + " and " +
                    std::to_string(right.names.size()),
                at);
  }
}

// Both sides as columns of the types they have in common.
void cast_to_common_types(Plan& plan, Relation& left, Relation& right, const Position& at) {
  std::vector<Expression> left_columns = all_columns(left.node->schema);
  std::vector<Expression> right_columns = all_columns(right.node->schema);
  for (size_t i = 0; i < left_columns.size(); ++i) {
    cast_to_common_type({&left_columns[i], &right_columns[i]},
                        "column " + std::to_string(i + 1) + " of UNION ALL", at);
  }
  left.node = new_project(plan, left.node, std::move(left_columns), left.names);
  right.node = new_project(plan, right.node, std::move(right_columns), left.names);
}

}  // namespace

Relation QueryBinder::bind(const sql::SetOperation& operation, const Position& at) {
  if (operation.kind != sql::SetOperation::Kind::union_ || !operation.all) {
    refuse(std::string(word_of(operation.kind)) + (operation.all ? " ALL" : ""), at);
  }
  Relation left = bind(*operation.left);
  Relation right = bind(*operation.right);
  check_same_width(left, right, at);
  cast_to_common_types(plan_, left, right, at);
  return {new_union(plan_, {left.node, right.node}), left.names};
}

}  // namespace millrace::plan
