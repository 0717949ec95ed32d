#include "plan/rules/whole_rows.h"

#include <algorithm>

#include "plan/columns.h"
#include "plan/rules/consumers.h"

namespace millrace::plan {

namespace {

bool is_limit(const Node& node) {
  return node.kind == NodeKind::rank &&
         static_cast<const Rank&>(node).purpose == Rank::Purpose::limit;
}

// LIMIT goes below a projection that leaves its order what it is.
bool goes_below(const Rank& limit, const Project& project) {
  return std::all_of(limit.order_by.begin(), limit.order_by.end(), [&](const SortKey& key) {
    return is_column(project.expressions[key.column]);
  });
}

// All of the input's columns at their places, and perhaps others behind them.
bool shows_all(const Project& project) {
  return begins_with_columns(project.expressions, project.inputs[0]->schema.size());
}

}  // namespace

bool sends_whole_rows(const Plan& plan, const Normalize& upserts) {
  if (!is_read_once(plan, upserts)) {
    return true;
  }
  if (upserts.condition || upserts.inputs[0]->kind == NodeKind::filter) {
    return false;
  }
  const Node& reader = *only_consumer(plan, upserts);
  if (reader.kind != NodeKind::project) {
    return reader.kind == NodeKind::unnest || is_limit(reader);
  }
  const auto& project = static_cast<const Project&>(reader);
  const Node& above = *only_consumer(plan, project);
  return is_limit(above) ? goes_below(static_cast<const Rank&>(above), project)
                         : above.kind == NodeKind::unnest && shows_all(project);
}

}  // namespace millrace::plan
