#include "plan/columns.h"
#include "plan/node_schemas.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"

namespace millrace::plan {

namespace {

bool is_cheap(const function::Expression& expression) {
  return is_column(expression) || expression.kind == function::ExpressionKind::literal;
}

// Every lower expression is used at most once, or costs nothing.
bool computes_once(const Project& upper, const Project& lower) {
  std::vector<size_t> uses(lower.expressions.size(), 0);
  for (const function::Expression& expression : upper.expressions) {
    expression.visit_columns([&](size_t column) { ++uses[column]; });
  }
  for (size_t i = 0; i < uses.size(); ++i) {
    if (uses[i] > 1 && !is_cheap(lower.expressions[i])) {
      return false;
    }
  }
  return true;
}

void merge(Project& upper, const Project& lower) {
  for (function::Expression& expression : upper.expressions) {
    expression = expression.substituted(lower.expressions);
  }
  upper.inputs = lower.inputs;
  describe(upper);
}

// The input's columns, all of them, in their order, under their names: a sink's columns are shown
// under those of its table.
bool changes_nothing(const Project& project) {
  const Node& input = *project.inputs[0];
  return project.expressions.size() == input.schema.size() &&
         begins_with_columns(project.expressions, input.schema.size()) &&
         names_of(project.schema) == names_of(input.schema);
}

}  // namespace

void merge_projections(Plan& plan) {
  auto consumers = count_consumers(plan);
  for (const auto& node : plan.nodes) {
    if (node->kind != NodeKind::project) {
      continue;
    }
    Project& project = static_cast<Project&>(*node);
    // Inputs stand before their consumers, so the lower one is merged as far as it can be.
    while (project.inputs[0]->kind == NodeKind::project) {
      const Project& lower = static_cast<const Project&>(*project.inputs[0]);
      if (consumers[&lower] != 1 || !computes_once(project, lower)) {
        break;
      }
      merge(project, lower);
    }
    if (changes_nothing(project)) {
      consumers[project.inputs[0]] += consumers[&project] - 1;
      redirect(plan, &project, project.inputs[0]);
    }
  }
  drop_unread(plan);
  for (const auto& node : plan.nodes) {
    describe(*node);
  }
}

}  // namespace millrace::plan
