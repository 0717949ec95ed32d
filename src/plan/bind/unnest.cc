// What makes rows of a value: FROM t CROSS JOIN UNNEST(t.items) AS u (a, b), FROM UNNEST(ARRAY[1]),
// FROM t, LATERAL TABLE(f(t.a)) AS u (a, b).
//
// The collection, which a table function gives too, becomes a column, the node repeats the row once
// an element, and a projection above takes elements of type ROW apart and the collection away.

#include "function/nested.h"
#include "plan/bind/changelog_functions.h"
#include "plan/bind/correlation.h"
#include "plan/bind/expressions.h"
#include "plan/bind/queries.h"
#include "plan/bind/window_functions.h"
#include "plan/columns.h"
#include "plan/new_nodes.h"

namespace millrace::plan {

using function::Expression;

namespace {

Expression bind_collection(const sql::TableReference& table, const Scope& scope) {
  if (const auto* function = std::get_if<sql::FunctionTable>(&table.node)) {
    return ExpressionBinder(&scope).bind_table_call(*function->call);
  }
  const sql::Expression& written = *std::get<sql::Unnest>(table.node).collection;
  Expression collection = ExpressionBinder(&scope).bind(written);
  const TypeKind kind = collection.type.kind;
  if (kind != TypeKind::array && kind != TypeKind::map && kind != TypeKind::multiset) {
    throw Error(ErrorCode::type_mismatch,
                "UNNEST takes an ARRAY, a MAP or a MULTISET, found " + collection.type.to_string(),
                written.position);
  }
  return collection;
}

// With the collection as its last column.
Node* with_collection(Plan& plan, const Relation& left, Expression collection) {
  std::vector<Expression> columns = all_columns(left.node->schema);
  std::vector<std::string> names = left.names;
  columns.push_back(std::move(collection));
  names.emplace_back("$collection");
  return new_project(plan, left.node, std::move(columns), names);
}

// The columns of one element: the fields of a ROW, else itself.
void add_element(const Node& node, size_t column, std::vector<Expression>& columns,
                 std::vector<std::string>& names) {
  const Field& element = node.schema[column];
  if (element.type.kind != TypeKind::row || element.name != "EXPR$0") {
    columns.push_back(Expression::of_column(column, element.type));
    names.push_back(element.name);
    return;
  }
  for (size_t i = 0; i < element.type.children->size(); ++i) {
    columns.push_back(function::field_of(Expression::of_column(column, element.type), i));
    names.push_back((*element.type.children)[i].name);
  }
}

bool is_true(const sql::Expression& condition) {
  const auto* literal = std::get_if<sql::BooleanLiteral>(&condition.node);
  return literal != nullptr && literal->value;
}

bool is_numbered(const sql::TableReference& table) {
  const auto* unnest = std::get_if<sql::Unnest>(&table.node);
  return unnest != nullptr && unnest->with_ordinality;
}

}  // namespace

bool makes_elements(const sql::TableReference& table) {
  const auto* function = std::get_if<sql::FunctionTable>(&table.node);
  return std::holds_alternative<sql::Unnest>(table.node) ||
         (function != nullptr && !is_window_call(*function->call) &&
          !is_changelog_call(*function->call));
}

Relation QueryBinder::bind_unnest(const sql::TableReference& table, const Relation& left,
                                  Scope& scope, EmptyCollections empty, const sql::Expression* on) {
  const size_t width = scope.columns().size();
  Unnest* node = new_unnest(plan_, with_collection(plan_, left, bind_collection(table, scope)),
                            left.names.size(), empty == EmptyCollections::kept, is_numbered(table));
  Relation elements{node, {}};
  std::vector<Expression> columns;
  for (size_t column = left.names.size() + 1; column < node->schema.size(); ++column) {
    add_element(*node, column, columns, elements.names);
  }
  if (table.alias && !table.alias->columns.empty()) {
    rename(elements, texts_of(table.alias->columns), "the alias", table.alias->name.position);
  }
  Relation relation{nullptr, left.names};
  std::vector<Expression> all = all_columns(left.node->schema);
  const std::string alias = table.alias ? table.alias->name.text : "";
  for (size_t i = 0; i < columns.size(); ++i) {
    scope.add({alias, elements.names[i], columns[i].type});
    relation.names.push_back(elements.names[i]);
    all.push_back(std::move(columns[i]));
  }
  std::optional<Expression> condition;
  if (on != nullptr && !is_true(*on)) {
    condition = ExpressionBinder(&scope).bind_condition(*on, "ON");
    const Uses uses = uses_of(*condition, width);
    if (uses == Uses::outer || uses == Uses::both) {
      note({{},
            on->position,
            "Flink cannot plan an ON of UNNEST or LATERAL TABLE that names columns of what stands "
            "left of it: an inner join may have it in WHERE"});
    }
  }
  if (condition && empty == EmptyCollections::kept) {
    node->condition = condition->substituted(all);
    condition.reset();
  }
  relation.node = new_project(plan_, node, std::move(all), relation.names);
  if (condition) {
    relation.node = new_filter(plan_, relation.node, std::move(*condition));
  }
  return relation;
}

Relation QueryBinder::bind_unnest_join(const sql::Join& join, const Position& at, Scope& scope) {
  using Kind = sql::Join::Kind;
  const bool keeps = join.kind == Kind::left;
  if (join.kind == Kind::right || join.kind == Kind::full || join.natural || !join.using_.empty()) {
    throw Error(
        ErrorCode::unsupported,
        "UNNEST and LATERAL TABLE stand behind CROSS JOIN, JOIN ... ON, or LEFT JOIN ... ON", at);
  }
  const Relation left = bind_from(*join.left, scope);
  return bind_unnest(*join.right, left, scope,
                     keeps ? EmptyCollections::kept : EmptyCollections::dropped, join.on.get());
}

}  // namespace millrace::plan
