#include "plan/new_nodes.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"
#include "plan/runtime_mode.h"

namespace millrace::plan {

static void set_batch_mode(Node& node) {
  if (node.kind == NodeKind::scan) {
    static_cast<Scan&>(node).mode = RuntimeMode::batch;
  } else if (node.kind == NodeKind::group_aggregate) {
    static_cast<GroupAggregate&>(node).mode = RuntimeMode::batch;
  } else if (node.kind == NodeKind::rank) {
    static_cast<Rank&>(node).mode = RuntimeMode::batch;
  }
}

void finish_batch(Plan& plan) {
  if (!is_batch(plan)) {
    return;
  }
  for (const auto& node : plan.nodes) {
    set_batch_mode(*node);
  }
  for (Sink* sink : plan.sinks) {
    const Node* last = sink->inputs[0];
    while (last->kind == NodeKind::project) {
      last = last->inputs[0];
    }
    if (last->kind != NodeKind::final_rows) {
      sink->inputs[0] = new_final_rows(plan, sink->inputs[0], {});
    }
  }
  drop_unread(plan);
}

void pass_insertions(Plan& plan) {
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::final_rows &&
        static_cast<const FinalRows&>(*node).order_by.empty() &&
        node->inputs[0]->changelog.insert_only()) {
      redirect(plan, node.get(), node->inputs[0]);
    }
  }
  drop_unread(plan);
}

}  // namespace millrace::plan
