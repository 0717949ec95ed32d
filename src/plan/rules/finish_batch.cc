#include "plan/new_nodes.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"
#include "plan/runtime_mode.h"

namespace millrace::plan {

static bool leaves_at_end(const Node& node) {
  return node.kind == NodeKind::time_sort &&
         static_cast<const TimeSort&>(node).leaves == TimeSort::Leaves::at_end;
}

void finish_batch(Plan& plan) {
  if (!is_batch(plan)) {
    return;
  }
  for (Sink* sink : plan.sinks) {
    const Node* last = sink->inputs[0];
    while (last->kind == NodeKind::project) {
      last = last->inputs[0];
    }
    if (!leaves_at_end(*last)) {
      sink->inputs[0] = new_final_sort(plan, sink->inputs[0], {});
    }
  }
  drop_unread(plan);
}

void pass_insertions(Plan& plan) {
  for (const auto& node : plan.nodes) {
    if (leaves_at_end(*node) && static_cast<const TimeSort&>(*node).order_by.empty() &&
        node->inputs[0]->changelog.insert_only()) {
      redirect(plan, node.get(), node->inputs[0]);
    }
  }
  drop_unread(plan);
}

}  // namespace millrace::plan
