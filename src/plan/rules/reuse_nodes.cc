#include <algorithm>

#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"
#include "plan/same_calls.h"

namespace millrace::plan {

namespace {

bool has_names_of(const Node& a, const Node& b) {
  return std::equal(a.schema.fields.begin(), a.schema.fields.end(), b.schema.fields.begin(),
                    b.schema.fields.end(),
                    [](const Field& x, const Field& y) { return x.name == y.name; });
}

bool same(const Project& a, const Project& b) {
  return has_names_of(a, b) &&
         std::equal(a.expressions.begin(), a.expressions.end(), b.expressions.begin(),
                    b.expressions.end(), [](const auto& x, const auto& y) { return x.equals(y); });
}

bool same(const WindowAggregate& a, const WindowAggregate& b) {
  return a.window == b.window && a.keys == b.keys && a.properties == b.properties &&
         !a.updates.any() && !b.updates.any() &&
         std::equal(a.aggregates.begin(), a.aggregates.end(), b.aggregates.begin(),
                    b.aggregates.end(),
                    [](const auto& x, const auto& y) { return are_same(x, y); });
}

// What gives the same rows is computed once. Of nodes whose rows are taken back, each consumer may
// need other changes, so that they stay apart.
bool same(const Node& a, const Node& b) {
  if (a.kind != b.kind || a.inputs != b.inputs || a.state_ttl != b.state_ttl) {
    return false;
  }
  if (a.kind == NodeKind::filter) {
    return static_cast<const Filter&>(a).predicate.equals(static_cast<const Filter&>(b).predicate);
  }
  if (a.kind == NodeKind::project) {
    return same(static_cast<const Project&>(a), static_cast<const Project&>(b));
  }
  if (a.kind == NodeKind::window_aggregate) {
    return same(static_cast<const WindowAggregate&>(a), static_cast<const WindowAggregate&>(b));
  }
  return false;
}

}  // namespace

void reuse_nodes(Plan& plan) {
  // Inputs stand before their consumers, and so are the same node already where they are equal.
  for (auto node = plan.nodes.begin(); node != plan.nodes.end(); ++node) {
    const auto before = std::find_if(plan.nodes.begin(), node,
                                     [&](const auto& other) { return same(*other, **node); });
    if (before != node) {
      redirect(plan, node->get(), before->get());
    }
  }
  drop_unread(plan);
}

}  // namespace millrace::plan
