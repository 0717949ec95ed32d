// INSERT ... ON CONFLICT: where the query tells its rows apart by something else than the table's
// primary key, several may be there for one row of the table, and which of them it is changes as
// they come and go.
//
//   DO DEDUPLICATE       the last one that came. Rows that are only inserted need no memory for
//                        that: each wins as it comes.
//   DO NOTHING, ERROR    the first one, and none: asked when the watermark rises, since a row that
//                        takes another's place may come ahead of its end.

#include <algorithm>

#include "plan/new_nodes.h"
#include "plan/rules/changelog/changelog.h"
#include "plan/rules/rules.h"
#include "plan/written_key.h"

namespace millrace::plan {

namespace {

bool waits_for_watermarks(const Sink& sink) {
  return sink.on_conflict == OnConflict::nothing || sink.on_conflict == OnConflict::error;
}

bool has_conflicts(const Sink& sink) {
  const Node& input = *sink.inputs[0];
  const bool last_wins =
      sink.on_conflict == OnConflict::deduplicate && input.changelog.insert_only();
  return sink.on_conflict != OnConflict::unspecified && !last_wins &&
         !is_unique_within(input, written_key(*sink.table));
}

// Tables below the node that say nothing of time. One that is looked up moves no watermark.
void add_timeless(const Node& node, std::vector<std::string>& tables) {
  if (node.kind == NodeKind::scan) {
    const auto& scan = static_cast<const Scan&>(node);
    const std::string& name = scan.table->name;
    if (!scan.table->watermark && !scan.looked_up &&
        std::find(tables.begin(), tables.end(), name) == tables.end()) {
      tables.push_back(name);
    }
  }
  for (const Node* input : node.inputs) {
    add_timeless(*input, tables);
  }
}

void require_watermarks(const Sink& sink) {
  std::vector<std::string> timeless;
  add_timeless(sink, timeless);
  std::string names;
  for (const std::string& table : timeless) {
    names += (names.empty() ? "" : ", ") + table;
  }
  if (!timeless.empty()) {
    throw Error(ErrorCode::invalid_argument,
                std::string("ON CONFLICT DO ") +
                    (sink.on_conflict == OnConflict::nothing ? "NOTHING" : "ERROR") +
                    " requires all source tables to define watermarks, but the following source(s) "
                    "do not: " +
                    names + ". Please add a WATERMARK declaration to these tables.",
                sink.position);
  }
}

}  // namespace

bool resolve_conflicts(Plan& plan) {
  bool any = false;
  for (Sink* sink : plan.sinks) {
    if (waits_for_watermarks(*sink)) {
      require_watermarks(*sink);
    }
    if (has_conflicts(*sink)) {
      sink->inputs[0] = new_resolve(plan, *sink);
      any = true;
    }
  }
  if (any) {
    drop_unread(plan);  // puts the nodes in order
  }
  return any;
}

}  // namespace millrace::plan
