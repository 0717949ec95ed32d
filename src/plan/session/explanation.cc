#include "plan/session/explanation.h"

#include <algorithm>
#include <map>

#include "base/json.h"
#include "plan/explain.h"
#include "plan/explain_state.h"
#include "plan/node_text.h"

namespace millrace::plan {

namespace {

using Detail = sql::Explain::Detail;

bool has(const std::vector<Detail>& details, Detail wanted) {
  return std::find(details.begin(), details.end(), wanted) != details.end();
}

Json plan_entry(int64_t id, const std::string& line, const char* pact) {
  return Json::object({{"id", id},
                       {"type", line.substr(0, line.find('('))},
                       {"pact", pact},
                       {"contents", line},
                       {"parallelism", int64_t{1}}});
}

Json predecessor(int64_t id) { return Json::object({{"id", id}, {"ship_strategy", "FORWARD"}}); }

// With the names of Flink's fields.
std::string execution_plan(const Plan& plan) {
  std::map<const Node*, int64_t> ids;  // of the uppermost line of each
  int64_t last = 0;
  Json entries = Json::array();
  for (const auto& node : plan.nodes) {
    const std::vector<std::string> lines = lines_of(*node);
    for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
      const bool lowest = line == lines.rbegin();
      const char* pact = node->kind == NodeKind::sink     ? "Data Sink"
                         : lowest && node->inputs.empty() ? "Data Source"
                                                          : "Operator";
      Json entry = plan_entry(last + 1, *line, pact);
      Json predecessors = Json::array();
      for (const Node* input : lowest ? node->inputs : std::vector<Node*>()) {
        predecessors.push(predecessor(ids.at(input)));
      }
      if (!lowest) {
        predecessors.push(predecessor(last));
      }
      if (!lowest || !node->inputs.empty()) {
        entry.set("predecessors", std::move(predecessors));
      }
      entries.push(std::move(entry));
      ids[node.get()] = ++last;
    }
  }
  return Json::object({{"nodes", std::move(entries)}}).dump_pretty();
}

}  // namespace

std::string explanation(const Plan& plan, const std::vector<Detail>& details) {
  const ExplainDetails shown{.changelog_mode = has(details, Detail::changelog_mode),
                             .estimated_cost = has(details, Detail::estimated_cost)};
  // Flink advises what makes no difference here: to gather updates in mini-batches.
  const bool advises = has(details, Detail::plan_advice);
  std::string text = "== Optimized Physical Plan" + std::string(advises ? " With Advice" : "") +
                     " ==\n" + explain(plan, shown) + (advises ? "No available advice...\n" : "");
  if (has(details, Detail::json_execution_plan)) {
    text += "\n== Physical Execution Plan ==\n" + execution_plan(plan) + "\n";
  }
  if (has(details, Detail::state)) {
    text += "\n== State ==\n" + explain_state(plan);
  }
  return text;
}

}  // namespace millrace::plan
