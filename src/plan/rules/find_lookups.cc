// Which scans are read for lookups alone: through whatever stands between, all that reads them is
// the right side of a join with the rows that there are now.

#include "plan/rules/rules.h"

namespace millrace::plan {

static bool is_looked_up(const Plan& plan, const Node& node);

static bool looks_up(const Plan& plan, const Node& consumer, size_t input) {
  const bool joins_current = consumer.kind == NodeKind::join &&
                             static_cast<const Join&>(consumer).is_by(Join::Times::Rule::current);
  return joins_current && input == 1 ? true : is_looked_up(plan, consumer);
}

static bool is_looked_up(const Plan& plan, const Node& node) {
  bool read = false;
  for (const auto& other : plan.nodes) {
    for (size_t i = 0; i < other->inputs.size(); ++i) {
      if (other->inputs[i] == &node) {
        if (!looks_up(plan, *other, i)) {
          return false;
        }
        read = true;
      }
    }
  }
  return read;
}

void find_lookups(Plan& plan) {
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::scan) {
      static_cast<Scan&>(*node).looked_up = is_looked_up(plan, *node);
    }
  }
}

}  // namespace millrace::plan
