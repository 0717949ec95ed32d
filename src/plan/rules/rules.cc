#include "plan/rules/rules.h"

#include <set>

#include "plan/rules/consumers.h"

namespace millrace::plan {

std::map<const Node*, size_t> count_consumers(const Plan& plan) {
  std::map<const Node*, size_t> consumers;
  for (const auto& node : plan.nodes) {
    for (const Node* input : node->inputs) {
      ++consumers[input];
    }
  }
  return consumers;
}

Node* only_consumer(const Plan& plan, const Node& node) {
  Node* found = nullptr;
  for (const auto& other : plan.nodes) {
    for (const Node* input : other->inputs) {
      if (input == &node) {
        if (found != nullptr) {
          return nullptr;
        }
        found = other.get();
      }
    }
  }
  return found;
}

bool is_read_once(const Plan& plan, const Node& node) {
  const Node* consumer = only_consumer(plan, node);
  return consumer != nullptr && (consumer->kind == NodeKind::sink || is_read_once(plan, *consumer));
}

void redirect(Plan& plan, const Node* from, Node* to) {
  for (const auto& node : plan.nodes) {
    for (Node*& input : node->inputs) {
      input = input == from ? to : input;
    }
  }
}

static void visit(Node* node, std::set<const Node*>& seen, std::vector<Node*>& order) {
  if (!seen.insert(node).second) {
    return;
  }
  for (Node* input : node->inputs) {
    visit(input, seen, order);
  }
  order.push_back(node);
}

void drop_unread(Plan& plan) {
  std::set<const Node*> seen;
  std::vector<Node*> order;
  for (Sink* sink : plan.sinks) {
    visit(sink, seen, order);
  }
  std::map<const Node*, std::unique_ptr<Node>> owned;
  for (auto& node : plan.nodes) {
    const Node* key = node.get();
    owned[key] = std::move(node);
  }
  plan.nodes.clear();
  for (const Node* node : order) {
    plan.nodes.push_back(std::move(owned[node]));
  }
}

void optimise(Plan& plan) {
  check_watermark_calls(plan);
  normalize_upserts(plan);
  localise_expressions(plan);
  push_projections(plan);
  merge_projections(plan);
  fold_constants(plan);
  find_ranks(plan);
  hide_numbers(plan);
  push_filters(plan);
  arrange_joins(plan);
  if (split_not_in(plan)) {
    arrange_joins(plan);
  }
  drop_groups(plan);
  push_filters(plan);
  merge_projections(plan);
  filter_upserts(plan);
  reuse_nodes(plan);
  share_calls(plan);
  prune_columns(plan);
  narrow_joins(plan);
  merge_projections(plan);
  push_members(plan);
  finish_batch(plan);
  find_lookups(plan);
  localise_windows(plan);
  infer_changelogs(plan);
  if (resolve_conflicts(plan)) {
    infer_changelogs(plan);
  }
  pass_insertions(plan);
}

}  // namespace millrace::plan
