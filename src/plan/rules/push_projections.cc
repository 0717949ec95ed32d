#include "plan/new_nodes.h"
#include "plan/node_schemas.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"

namespace millrace::plan {

static void push(Plan& plan, Project& project, UnionAll& all) {
  std::vector<std::string> names;
  for (const Field& field : project.schema.fields) {
    names.push_back(field.name);
  }
  for (Node*& input : all.inputs) {
    input = new_project(plan, input, project.expressions, names);
  }
  describe(all);
  redirect(plan, &project, &all);
}

void push_projections(Plan& plan) {
  const auto consumers = count_consumers(plan);
  std::vector<Project*> projects;  // found first: pushing adds nodes
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::project && node->inputs[0]->kind == NodeKind::union_all &&
        consumers.at(node->inputs[0]) == 1) {
      projects.push_back(static_cast<Project*>(node.get()));
    }
  }
  for (Project* project : projects) {
    push(plan, *project, static_cast<UnionAll&>(*project->inputs[0]));
  }
  drop_unread(plan);
}

}  // namespace millrace::plan
