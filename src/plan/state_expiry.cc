#include "plan/state_expiry.h"

#include <algorithm>
#include <string>

#include "base/time.h"
#include "plan/runtime_mode.h"

namespace millrace::plan {

namespace {

// Not where Flink keeps the values of a group as entries of their own that expire one by one: of
// DISTINCT it does, and so it is here.
bool expires_whole(const AggregateCall& call, bool insert_only) {
  using Entries = function::AggregateSignature::Entries;
  const Entries entries = call.function->entries;
  return entries == Entries::one || (insert_only && entries == Entries::one_of_insertions);
}

std::string obstacle_in(const GroupAggregate& node) {
  const bool insert_only = node.inputs[0]->changelog.insert_only();
  for (const AggregateCall& call : node.aggregates) {
    if (!expires_whole(call, insert_only)) {
      return call.function->name + "(...) of groups without a window";
    }
  }
  return "";
}

// What would keep its state for ever; empty where nothing does.
std::string obstacle_in(const Node& node) {
  switch (node.kind) {
    case NodeKind::group_aggregate: return obstacle_in(static_cast<const GroupAggregate&>(node));
    case NodeKind::scan:
    case NodeKind::values:
    case NodeKind::filter:
    case NodeKind::project:
    case NodeKind::expand:
    case NodeKind::repeat:
    case NodeKind::to_changelog:
    case NodeKind::from_changelog:
    case NodeKind::unnest:
    case NodeKind::union_all:
    case NodeKind::sink: return "";  // these keep nothing
    case NodeKind::rank:
    case NodeKind::over_aggregate:
    case NodeKind::resolve:
    case NodeKind::join:
    case NodeKind::window_table_function:
    case NodeKind::window_aggregate:
    case NodeKind::window_rank:
    case NodeKind::match_recognize:
    case NodeKind::time_sort:
    case NodeKind::final_rows:
    case NodeKind::normalize: return "";
  }
  return "";
}

}  // namespace

bool expires(const Plan& plan) {
  const auto setting = plan.settings.find(kStateTtl);
  if (setting == plan.settings.end() || is_batch(plan)) {
    return false;
  }
  const auto ttl = parse_duration(setting->second);
  return ttl && *ttl > Duration();
}

// What a table's row is settled against is kept for ever, in Flink too.
static bool is_settled(const Node& node) {
  return node.kind == NodeKind::resolve &&
         static_cast<const Resolve&>(node).on_conflict != OnConflict::deduplicate;
}

bool can_expire(const Node& node) { return obstacle_in(node).empty() && !is_settled(node); }

static bool expires_by_hint(const Node& node) {
  return std::any_of(node.state_ttl.begin(), node.state_ttl.end(),
                     [](const auto& ttl) { return ttl && *ttl > Duration(); });
}

void check_expiry(const Plan& plan, const Position& setting) {
  const bool all = expires(plan);
  for (const auto& node : plan.nodes) {
    if (!all && !expires_by_hint(*node)) {
      continue;
    }
    if (const std::string obstacle = obstacle_in(*node); !obstacle.empty()) {
      const std::string by =
          all ? "setting '" + std::string(kStateTtl) + "'" : std::string("the hint STATE_TTL");
      throw Error(ErrorCode::unsupported,
                  by + ": the state of " + obstacle + " does not expire yet", setting);
    }
  }
}

}  // namespace millrace::plan
