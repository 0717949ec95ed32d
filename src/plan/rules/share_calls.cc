#include <algorithm>
#include <optional>

#include "plan/columns.h"
#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"

namespace millrace::plan {

namespace {

using function::Expression;
using function::ExpressionKind;

bool holds(const Expression& whole, const Expression& part) {
  return whole.equals(part) ||
         std::any_of(whole.arguments.begin(), whole.arguments.end(),
                     [&](const Expression& argument) { return holds(argument, part); });
}

// How many of its arguments an expression computes for each row, whatever the others are.
size_t always_computed(const Expression& expression) {
  const bool is_conditional =
      expression.kind == ExpressionKind::and_ || expression.kind == ExpressionKind::or_ ||
      expression.kind == ExpressionKind::case_ || expression.kind == ExpressionKind::coalesce;
  return is_conditional ? 1 : expression.arguments.size();
}

// The largest calls that the predicate makes for each row, and the projection as well.
void find_shared(const Expression& predicate, const Project& project,
                 std::vector<Expression>& shared) {
  const bool is_asked_again =
      std::any_of(project.expressions.begin(), project.expressions.end(),
                  [&](const Expression& expression) { return holds(expression, predicate); });
  if (predicate.kind == ExpressionKind::call && is_asked_again) {
    shared.push_back(predicate);
    return;
  }
  for (size_t i = 0; i < always_computed(predicate); ++i) {
    find_shared(predicate.arguments[i], project, shared);
  }
}

// The expression with the shared calls read from the columns from `first` on.
Expression reading(const Expression& expression, const std::vector<Expression>& shared,
                   size_t first) {
  const auto found = std::find_if(shared.begin(), shared.end(),
                                  [&](const Expression& call) { return call.equals(expression); });
  if (found != shared.end()) {
    return Expression::of_column(first + static_cast<size_t>(found - shared.begin()), found->type);
  }
  Expression result = expression;
  for (Expression& argument : result.arguments) {
    argument = reading(argument, shared, first);
  }
  return result;
}

void share(Plan& plan, Filter& filter, Project& project, const std::vector<Expression>& shared) {
  Node* input = filter.inputs[0];
  std::vector<Expression> columns;
  std::vector<std::string> names;
  for (size_t i = 0; i < input->schema.size(); ++i) {
    columns.push_back(Expression::of_column(i, input->schema[i].type));
    names.push_back(input->schema[i].name);
  }
  for (const Expression& call : shared) {
    names.push_back("$f" + std::to_string(columns.size()));
    columns.push_back(call);
  }
  const size_t first = input->schema.size();
  filter.predicate = reading(filter.predicate, shared, first);
  for (Expression& expression : project.expressions) {
    expression = reading(expression, shared, first);
  }
  filter.inputs[0] = new_project(plan, input, std::move(columns), names);
  describe(filter);
  describe(project);
}

}  // namespace

void share_calls(Plan& plan) {
  const auto consumers = count_consumers(plan);
  std::vector<Project*> projects;  // found first: sharing adds nodes
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::project && node->inputs[0]->kind == NodeKind::filter &&
        consumers.at(node->inputs[0]) == 1) {
      projects.push_back(static_cast<Project*>(node.get()));
    }
  }
  for (Project* project : projects) {
    Filter& filter = static_cast<Filter&>(*project->inputs[0]);
    std::vector<Expression> shared;
    find_shared(filter.predicate, *project, shared);
    if (!shared.empty()) {
      share(plan, filter, *project, shared);
    }
  }
  drop_unread(plan);  // which puts inputs before their consumers again
}

}  // namespace millrace::plan
