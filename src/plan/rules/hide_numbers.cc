// The number of a Top-N that nobody reads is not shown. A row then comes or goes, where one with
// its number would move to another place: so the rows have the keys that they had below, and a
// table that is written by one of those sees each change of it.

#include "column/builder.h"
#include "plan/columns.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"

namespace millrace::plan {

namespace {

using function::Expression;

bool names(const Expression& expression, size_t column) {
  std::set<size_t> columns;
  add_columns_of(expression, columns);
  return columns.contains(column);
}

bool is_read(const Plan& plan, const Node& node, size_t column);

// Of those that have the column as one of their own, whoever reads them.
bool reads(const Plan& plan, const Node& consumer, size_t column) {
  if (consumer.kind == NodeKind::filter) {
    return names(static_cast<const Filter&>(consumer).predicate, column) ||
           is_read(plan, consumer, column);
  }
  if (consumer.kind != NodeKind::project) {
    return true;
  }
  const auto& shown = static_cast<const Project&>(consumer).expressions;
  for (size_t i = 0; i < shown.size(); ++i) {
    if (is_column(shown[i]) ? shown[i].column == column && is_read(plan, consumer, i)
                            : names(shown[i], column)) {
      return true;
    }
  }
  return false;
}

bool is_read(const Plan& plan, const Node& node, size_t column) {
  for (const auto& other : plan.nodes) {
    for (const Node* input : other->inputs) {
      if (input == &node && reads(plan, *other, column)) {
        return true;
      }
    }
  }
  return false;
}

// Its place is kept by a zero.
void hide(Plan& plan, Rank& rank) {
  std::vector<std::string> names;
  for (const Field& field : rank.schema.fields) {
    names.push_back(field.name);
  }
  const Type type = rank.schema.fields.back().type;
  rank.number.reset();
  describe(rank);
  std::vector<Expression> columns = all_columns(rank.schema);
  FlatBuffer<int64_t> none(1);
  none[0] = 0;
  columns.push_back(Expression::of_literal(none.finish(type)));
  Node* as_it_was = new_project(plan, &rank, std::move(columns), names);
  redirect(plan, &rank, as_it_was);
  as_it_was->inputs[0] = &rank;
}

}  // namespace

void hide_numbers(Plan& plan) {
  std::vector<Rank*> hidden;
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::rank) {
      auto& rank = static_cast<Rank&>(*node);
      if (rank.number && !is_read(plan, rank, rank.schema.size() - 1)) {
        hidden.push_back(&rank);
      }
    }
  }
  for (Rank* rank : hidden) {
    hide(plan, *rank);
  }
  drop_unread(plan);  // puts the nodes in order
}

}  // namespace millrace::plan
