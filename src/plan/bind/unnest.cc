// UNNEST: FROM t CROSS JOIN UNNEST(t.items) AS u (a, b), FROM UNNEST(ARRAY[1, 2]).
//
// The collection becomes a column, the node repeats the row once an element, and a projection above
// takes elements of type ROW apart and the collection away.

#include "function/nested.h"
#include "plan/bind/expressions.h"
#include "plan/bind/queries.h"
#include "plan/columns.h"
#include "plan/new_nodes.h"

namespace millrace::plan {

using function::Expression;

namespace {

Expression bind_collection(const sql::Expression& written, const Scope& scope) {
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

}  // namespace

Relation QueryBinder::bind_unnest(const sql::TableReference& table, const Relation& left,
                                  Scope& scope, EmptyCollections empty) {
  const auto& unnest = std::get<sql::Unnest>(table.node);
  Node* node =
      new_unnest(plan_, with_collection(plan_, left, bind_collection(*unnest.collection, scope)),
                 left.names.size(), empty == EmptyCollections::kept, unnest.with_ordinality);
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
  relation.node = new_project(plan_, node, std::move(all), relation.names);
  return relation;
}

Relation QueryBinder::bind_unnest_join(const sql::Join& join, const Position& at, Scope& scope) {
  using Kind = sql::Join::Kind;
  const bool keeps = join.kind == Kind::left;
  if (join.kind == Kind::right || join.kind == Kind::full || join.natural || !join.using_.empty() ||
      (keeps && !is_true(*join.on))) {
    throw Error(ErrorCode::unsupported,
                "UNNEST stands behind CROSS JOIN, JOIN ... ON, or LEFT JOIN ... ON TRUE", at);
  }
  Relation left = bind_from(*join.left, scope);
  Relation relation = bind_unnest(*join.right, left, scope,
                                  keeps ? EmptyCollections::kept : EmptyCollections::dropped);
  if (join.on && !is_true(*join.on)) {
    relation.node =
        new_filter(plan_, relation.node, ExpressionBinder(&scope).bind_condition(*join.on, "ON"));
  }
  return relation;
}

}  // namespace millrace::plan
