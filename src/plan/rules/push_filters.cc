#include <algorithm>

#include "plan/columns.h"
#include "plan/node_schemas.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"

namespace millrace::plan {

static bool is_over_plain_columns(const function::Expression& predicate, const Project& project) {
  bool plain = true;
  predicate.visit_columns(
      [&](size_t column) { plain = plain && is_column(project.expressions[column]); });
  return plain;
}

// Swaps filter(project(x)) to project(filter(x)): the two nodes change places.
static void swap(Plan& plan, Filter& filter, Project& project) {
  filter.predicate = filter.predicate.substituted(project.expressions);
  redirect(plan, &filter, &project);
  filter.inputs = project.inputs;
  project.inputs = {&filter};
  describe(filter);
  describe(project);
}

void push_filters(Plan& plan) {
  for (bool changed = true; changed;) {
    changed = false;
    const auto consumers = count_consumers(plan);
    for (const auto& node : plan.nodes) {
      if (node->kind != NodeKind::filter || node->inputs[0]->kind != NodeKind::project) {
        continue;
      }
      Filter& filter = static_cast<Filter&>(*node);
      Project& project = static_cast<Project&>(*filter.inputs[0]);
      if (consumers.at(&project) == 1 && is_over_plain_columns(filter.predicate, project)) {
        swap(plan, filter, project);
        changed = true;
        break;
      }
    }
  }
  drop_unread(plan);
}

}  // namespace millrace::plan
