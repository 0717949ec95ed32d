// A source of upserts says what a key's row is now, and of one that is gone perhaps only the key.
// Operators need the rows that were: a node that keeps them goes behind each such scan. The
// versions of a temporal join are taken as they come, with the times of their own; and where sinks
// alone read it, infer_changelogs() takes the node out again.

#include <algorithm>

#include "base/check.h"
#include "plan/node_schemas.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"

namespace millrace::plan {

static std::vector<size_t> key_of(const Scan& scan) {
  std::vector<size_t> key;
  for (const size_t column : scan.table->primary_key) {
    const auto place = std::find(scan.read.begin(), scan.read.end(), column);
    check(place != scan.read.end(), "a scan reads all columns before any rule");
    key.push_back(static_cast<size_t>(place - scan.read.begin()));
  }
  return key;
}

static bool gives_versions(const Plan& plan, const Node& node);

// Whether the consumer's input is the versions of a temporal join, perhaps of one further up.
static bool takes_versions(const Plan& plan, const Node& consumer, size_t input) {
  if (consumer.kind == NodeKind::project || consumer.kind == NodeKind::filter) {
    return gives_versions(plan, consumer);
  }
  return consumer.kind == NodeKind::join && input == 1 &&
         static_cast<const Join&>(consumer).is_by(Join::Times::Rule::version);
}

// Whether all that reads the node takes versions.
static bool gives_versions(const Plan& plan, const Node& node) {
  bool read = false;
  for (const auto& other : plan.nodes) {
    for (size_t i = 0; i < other->inputs.size(); ++i) {
      if (other->inputs[i] == &node) {
        if (!takes_versions(plan, *other, i)) {
          return false;
        }
        read = true;
      }
    }
  }
  return read;
}

// Consumers that take versions go on reading the scan.
static void normalize(Plan& plan, Scan* scan) {
  Normalize* node = plan.add(std::make_unique<Normalize>());
  for (const auto& other : plan.nodes) {
    for (size_t i = 0; i < other->inputs.size(); ++i) {
      if (other->inputs[i] == scan && !takes_versions(plan, *other, i)) {
        other->inputs[i] = node;
      }
    }
  }
  node->inputs = {scan};
  node->key = key_of(*scan);
  describe(*node);
}

void normalize_upserts(Plan& plan) {
  drop_unread(plan);
  std::vector<Scan*> scans;
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::scan) {
      scans.push_back(static_cast<Scan*>(node.get()));
    }
  }
  for (Scan* scan : scans) {
    if (scan->table->gives == catalog::Changes::upserts && !scan->table->primary_key.empty() &&
        !gives_versions(plan, *scan)) {
      normalize(plan, scan);
    }
  }
  drop_unread(plan);
}

}  // namespace millrace::plan
