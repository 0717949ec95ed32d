// What a node cannot take.

#include <algorithm>

#include "plan/node_text.h"
#include "plan/rules/changelog/changelog.h"
#include "plan/written_key.h"

namespace millrace::plan {

namespace {

// The node that makes the changes which reach its consumers through `node`.
const Node& maker_of_changes(const Node& node) {
  if (passes_on(node)) {
    for (const Node* input : node.inputs) {
      if (!input->changelog.insert_only()) {
        return maker_of_changes(*input);
      }
    }
  }
  return node;
}

void require_inserts(const Node& input, const std::string& consumer, const Position& at) {
  if (input.changelog.insert_only()) {
    return;
  }
  const Node& maker = maker_of_changes(input);
  const Changelog& changes = maker.changelog;
  throw Error(ErrorCode::invalid_argument,
              consumer + " doesn't support consuming " +
                  (changes.updates && changes.deletes ? "update and delete"
                   : changes.updates                  ? "update"
                                                      : "delete") +
                  " changes which is produced by node " + line_of(maker),
              at);
}

std::string names_of(const Schema& schema, const std::vector<size_t>& columns) {
  std::string text;
  for (const size_t column : columns) {
    text += (text.empty() ? "" : ", ") + schema[column].name;
  }
  return "[" + text + "]";
}

// Two rows of the query may meet in one row of the table, and then the order decides which stays.
// Of FROM_CHANGELOG no key is known: as in Flink its rows say themselves what goes into the table.
void require_key(const Sink& sink) {
  const Node& input = *sink.inputs[0];
  const std::vector<size_t> primary = written_key(*sink.table);
  if (input.changelog.insert_only() || primary.empty() ||
      maker_of_changes(input).kind == NodeKind::from_changelog ||
      sink.on_conflict != OnConflict::unspecified ||
      std::any_of(input.upsert_keys.begin(), input.upsert_keys.end(),
                  [&](const auto& key) { return contains_all(primary, key); })) {
    return;
  }
  std::string keys;
  for (const std::vector<size_t>& key : input.upsert_keys) {
    keys += (keys.empty() ? "" : ", ") + names_of(input.schema, key);
  }
  throw Error(
      maker_of_changes(input).kind == NodeKind::rank  // Flink has its rows move, and takes it
          ? ErrorCode::unsupported
          : ErrorCode::invalid_argument,
      "The query has an upsert key that differs from the primary key of the sink table '" +
          sink.table->name + "'. Primary key: " + names_of(input.schema, primary) +
          ", upsert key: " + (keys.empty() ? "none" : keys) +
          ". Key the table as the query is keyed, or say which row is to stay: ON CONFLICT "
          "DO DEDUPLICATE takes the one that came last, DO NOTHING the first, and DO ERROR "
          "ends the pipeline",
      sink.position);
}

// A session grows until it ends, so its rows wait for that: rows that stay, for an end that comes.
void require_whole_windows(const WindowTableFunction& node) {
  if (node.window.kind != WindowKind::session) {
    return;
  }
  require_inserts(*node.inputs[0], "StreamPhysicalWindowTableFunction of SESSION", node.position);
}

// Sessions meet and are one from then on, with what was counted in each: of values that must not
// count twice, and of lists, it is not known any more which of the two a row was in that goes.
void require_sums(const WindowAggregate& node) {
  if (node.window.kind != WindowKind::session || node.inputs[0]->changelog.insert_only()) {
    return;
  }
  for (const AggregateCall& call : node.aggregates) {
    if (call.distinct || !call.function->in_any_order || call.function->merge == nullptr) {
      throw Error(ErrorCode::unsupported,
                  call.name +
                      " of SESSION windows over changing rows is not supported: sessions that have "
                      "met cannot take its rows back; group by another window, or by none",
                  node.position);
    }
  }
}

// Without a key nothing says which rows are versions of one.
void require_versions(const Join& node) {
  if (node.keys.empty()) {
    throw Error(ErrorCode::invalid_argument,
                "Currently the join key in Temporal Table Join can not be empty.", node.position);
  }
  if (!is_unique_within(*node.inputs[1], join_key(node, 1))) {
    throw Error(ErrorCode::invalid_argument,
                "Temporal Table Join requires primary key in versioned table, but no primary key "
                "can be found: give it a PRIMARY KEY (...) NOT ENFORCED, or the last row of each "
                "key by ROW_NUMBER(), and compare all columns of the key for equality",
                node.position);
  }
}

void check_join(const Join& node) {
  if (node.is_by(Join::Times::Rule::interval)) {
    require_inserts(*node.inputs[0], "StreamPhysicalIntervalJoin", node.position);
    require_inserts(*node.inputs[1], "StreamPhysicalIntervalJoin", node.position);
  }
  if (node.is_by(Join::Times::Rule::version)) {
    require_versions(node);
  }
  if (node.is_by(Join::Times::Rule::window)) {
    require_inserts(*node.inputs[0], "StreamPhysicalWindowJoin", node.position);
    require_inserts(*node.inputs[1], "StreamPhysicalWindowJoin", node.position);
  }
}

}  // namespace

void check_changes_taken(const Node& node) {
  switch (node.kind) {
    case NodeKind::sink: {
      const auto& sink = static_cast<const Sink&>(node);
      if (sink.table->takes == catalog::Changes::inserts) {
        require_inserts(*sink.inputs[0], "Table sink '" + sink.table->name + "'", sink.position);
      }
      return require_key(sink);
    }
    case NodeKind::window_aggregate: return require_sums(static_cast<const WindowAggregate&>(node));
    case NodeKind::over_aggregate:
      if (const auto& over = static_cast<const OverAggregate&>(node);
          !over.is_by_value() && over.mode == RuntimeMode::streaming) {
        require_inserts(*node.inputs[0], "StreamPhysicalOverAggregate", over.window.position);
      }
      return;
    case NodeKind::match_recognize:
      return require_inserts(*node.inputs[0], "Match Recognize",
                             static_cast<const MatchRecognize&>(node).position);
    case NodeKind::from_changelog:
      return require_inserts(*node.inputs[0], "StreamPhysicalProcessTableFunction",
                             static_cast<const FromChangelog&>(node).position);
    case NodeKind::window_rank:
      return require_inserts(*node.inputs[0], "StreamPhysicalWindowRank",
                             static_cast<const WindowRank&>(node).position);
    case NodeKind::join: return check_join(static_cast<const Join&>(node));
    case NodeKind::time_sort:
      return require_inserts(*node.inputs[0], "StreamPhysicalTemporalSort",
                             static_cast<const TimeSort&>(node).position);
    case NodeKind::window_table_function:
      require_whole_windows(static_cast<const WindowTableFunction&>(node));
      return;
    case NodeKind::scan:
    case NodeKind::values:
    case NodeKind::rank:
    case NodeKind::resolve:
    case NodeKind::filter:
    case NodeKind::project:
    case NodeKind::group_aggregate:
    case NodeKind::expand:
    case NodeKind::normalize:
    case NodeKind::repeat:
    case NodeKind::to_changelog:
    case NodeKind::unnest:
    case NodeKind::final_rows:
    case NodeKind::union_all: return;
  }
}

}  // namespace millrace::plan
