#include <algorithm>

#include "plan/rules/changelog/changelog.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"

namespace millrace::plan {

namespace {

// Whether all that leaves the node goes to sinks, as it is.
bool only_feeds_sinks(const Plan& plan, const Node& node) {
  return std::all_of(plan.nodes.begin(), plan.nodes.end(), [&](const auto& other) {
    const bool reads =
        std::find(other->inputs.begin(), other->inputs.end(), &node) != other->inputs.end();
    return !reads || other->kind == NodeKind::sink ||
           (other->kind == NodeKind::project && only_feeds_sinks(plan, *other));
  });
}

// Sinks that take upserts by the table's own key can have them as they come, unless some of them
// are to be kept back.
void drop_idle_normalizations(Plan& plan) {
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::normalize && !static_cast<const Normalize&>(*node).condition &&
        !node->changelog.update_before && only_feeds_sinks(plan, *node)) {
      redirect(plan, node.get(), node->inputs[0]);
    }
  }
  drop_unread(plan);
}

}  // namespace

void infer_changelogs(Plan& plan) {
  for (const auto& node : plan.nodes) {
    set_changes(*node);
    check_changes_taken(*node);
  }
  settle_update_before(plan);
  drop_idle_normalizations(plan);
}

}  // namespace millrace::plan
