// Where a filter alone reads a source of upserts, the rows that it drops need not be kept. What it
// asks of the key goes ahead of the node that keeps them: all rows of a key pass, or none does. The
// rest the node asks itself, and so tells a row that begins to pass from one that goes on to, as
// Flink does: no update has one side alone. What is computed anew each time stays above.

#include "plan/columns.h"
#include "plan/conjuncts.h"
#include "plan/new_nodes.h"
#include "plan/rules/changelog/changelog.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"

namespace millrace::plan {

namespace {

using function::Expression;

bool is_over(const Expression& condition, const std::vector<size_t>& columns) {
  std::set<size_t> used;
  add_columns_of(condition, used);
  return contains_all(columns, {used.begin(), used.end()});
}

void take(Plan& plan, Normalize& upserts, const Expression& predicate) {
  std::vector<Expression> of_key;
  std::vector<Expression> of_row;
  if (upserts.condition) {
    of_row = conjuncts_of(*upserts.condition);
  }
  for (Expression& part : conjuncts_of(predicate)) {
    (is_over(part, upserts.key) ? of_key : of_row).push_back(std::move(part));
  }
  if (auto condition = conjunction_of(std::move(of_key))) {
    upserts.inputs[0] = new_filter(plan, upserts.inputs[0], std::move(*condition));
  }
  upserts.condition = conjunction_of(std::move(of_row));
}

// The next filter above, perhaps behind a projection. Whether there was one.
bool take_filter(Plan& plan, Normalize& upserts) {
  Node* above = only_consumer(plan, upserts);
  const Project* between = nullptr;
  if (above->kind == NodeKind::project) {
    between = static_cast<const Project*>(above);
    above = only_consumer(plan, *between);
  }
  if (above->kind != NodeKind::filter) {
    return false;
  }
  const auto& filter = static_cast<const Filter&>(*above);
  const Expression predicate =
      between == nullptr ? filter.predicate : filter.predicate.substituted(between->expressions);
  const bool is_volatile = !predicate.equals(predicate);
  if (is_volatile || predicate.kind == function::ExpressionKind::literal) {
    return false;
  }
  take(plan, upserts, predicate);
  redirect(plan, &filter, filter.inputs[0]);
  drop_unread(plan);
  return true;
}

}  // namespace

void filter_upserts(Plan& plan) {
  std::vector<Normalize*> found;
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::normalize && is_read_once(plan, *node)) {
      found.push_back(static_cast<Normalize*>(node.get()));
    }
  }
  for (Normalize* upserts : found) {
    while (take_filter(plan, *upserts)) {
    }
  }
}

}  // namespace millrace::plan
