// INSERT ... ON CONFLICT DO DEDUPLICATE: where the query tells its rows apart by something else
// than the table's primary key, several may be there for one row of the table, and which of them it
// is changes as they come and go. Rows that are only inserted need no such memory: the last one
// wins as it comes.

#include <algorithm>

#include "plan/new_nodes.h"
#include "plan/rules/changelog/changelog.h"
#include "plan/rules/rules.h"
#include "plan/written_key.h"

namespace millrace::plan {

static bool has_conflicts(const Sink& sink) {
  const Node& input = *sink.inputs[0];
  const std::vector<size_t> primary = written_key(*sink.table);
  return sink.on_conflict == Sink::OnConflict::deduplicate && !input.changelog.insert_only() &&
         std::none_of(input.upsert_keys.begin(), input.upsert_keys.end(),
                      [&](const auto& key) { return contains_all(primary, key); });
}

bool resolve_conflicts(Plan& plan) {
  bool any = false;
  for (Sink* sink : plan.sinks) {
    if (has_conflicts(*sink)) {
      sink->inputs[0] = new_latest(plan, sink->inputs[0], written_key(*sink->table));
      any = true;
    }
  }
  if (any) {
    drop_unread(plan);  // puts the nodes in order
  }
  return any;
}

}  // namespace millrace::plan
