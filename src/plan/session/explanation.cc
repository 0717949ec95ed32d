#include "plan/session/explanation.h"

#include <algorithm>
#include <map>

#include "base/json.h"
#include "plan/explain.h"
#include "plan/explain_state.h"

namespace millrace::plan {

namespace {

using Detail = sql::Explain::Detail;

bool has(const std::vector<Detail>& details, Detail wanted) {
  return std::find(details.begin(), details.end(), wanted) != details.end();
}

// With the names of Flink's fields.
std::string execution_plan(const Plan& plan) {
  std::map<const Node*, int64_t> ids;
  Json nodes = Json::array();
  for (const auto& node : plan.nodes) {
    const auto id = static_cast<int64_t>(ids.size()) + 1;
    ids[node.get()] = id;
    const std::string line = line_of(*node);
    Json entry = Json::object({{"id", id},
                               {"type", line.substr(0, line.find('('))},
                               {"pact", node->inputs.empty()           ? "Data Source"
                                        : node->kind == NodeKind::sink ? "Data Sink"
                                                                       : "Operator"},
                               {"contents", line},
                               {"parallelism", int64_t{1}}});
    if (!node->inputs.empty()) {
      Json predecessors = Json::array();
      for (const Node* input : node->inputs) {
        predecessors.push(Json::object({{"id", ids.at(input)}, {"ship_strategy", "FORWARD"}}));
      }
      entry.set("predecessors", std::move(predecessors));
    }
    nodes.push(std::move(entry));
  }
  return Json::object({{"nodes", std::move(nodes)}}).dump_pretty();
}

}  // namespace

std::string explanation(const Plan& plan, const std::vector<Detail>& details, const Position& at) {
  if (has(details, Detail::plan_advice)) {
    throw Error(ErrorCode::unsupported,
                "EXPLAIN PLAN_ADVICE is not supported: Flink's advice is of its own settings; "
                "EXPLAIN STATE says what a plan keeps, and what would let it go",
                at);
  }
  const ExplainDetails shown{.changelog_mode = has(details, Detail::changelog_mode),
                             .estimated_cost = has(details, Detail::estimated_cost)};
  std::string text = "== Optimized Physical Plan ==\n" + explain(plan, shown);
  if (has(details, Detail::json_execution_plan)) {
    text += "\n== Physical Execution Plan ==\n" + execution_plan(plan) + "\n";
  }
  if (has(details, Detail::state)) {
    text += "\n== State ==\n" + explain_state(plan);
  }
  return text;
}

}  // namespace millrace::plan
