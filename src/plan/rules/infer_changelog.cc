// What changes leave each node, as Flink's planner infers them: first from the sources up, which
// kinds of change a node makes of what reaches it, then from the sinks down, whether the -U ahead
// of a +U is wanted. A node kind has its line in each of the functions below.

#include <algorithm>
#include <numeric>
#include <set>

#include "base/check.h"
#include "plan/columns.h"
#include "plan/deduplication.h"
#include "plan/explain.h"
#include "plan/rules/consumers.h"
#include "plan/rules/rules.h"
#include "plan/written_key.h"

namespace millrace::plan {

namespace {

using Keys = std::vector<std::vector<size_t>>;

bool contains_all(const std::vector<size_t>& outer, const std::vector<size_t>& inner) {
  return std::all_of(inner.begin(), inner.end(), [&](size_t column) {
    return std::find(outer.begin(), outer.end(), column) != outer.end();
  });
}

bool has_same_columns(const std::vector<size_t>& a, const std::vector<size_t>& b) {
  return contains_all(a, b) && contains_all(b, a);
}

// --- Which changes, and by which keys ---

// Different values stay different: a cast to a wider type of the same family.
bool keeps_values_apart(const function::Expression& expression) {
  if (expression.kind != function::ExpressionKind::cast || !is_column(expression.arguments[0])) {
    return false;
  }
  const Type& from = expression.arguments[0].type;
  const Type& to = expression.type;
  return from.same_but_nullability(to) ||
         (from.is_integer() && to.is_integer() && from.kind <= to.kind) ||
         (from.is_string() && to.kind == TypeKind::varchar && from.precision <= to.precision);
}

// Where the projection shows this input column, if it does.
std::optional<size_t> shown_as(const Project& project, size_t column) {
  for (size_t i = 0; i < project.expressions.size(); ++i) {
    const function::Expression& expression = project.expressions[i];
    if (is_column(expression)
            ? expression.column == column
            : keeps_values_apart(expression) && expression.arguments[0].column == column) {
      return i;
    }
  }
  return std::nullopt;
}

// The keys of which every column is shown.
Keys keys_through(const Project& project) {
  Keys keys;
  for (const std::vector<size_t>& key : project.inputs[0]->upsert_keys) {
    std::vector<size_t> shown;
    for (const size_t column : key) {
      if (const auto place = shown_as(project, column)) {
        shown.push_back(*place);
      }
    }
    if (shown.size() == key.size()) {
      keys.push_back(std::move(shown));
    }
  }
  return keys;
}

// A scan's key is what the table declares, where all of it is read.
Keys keys_of(const Scan& scan) {
  std::vector<size_t> key;
  for (const size_t column : scan.table->primary_key) {
    const auto place = std::find(scan.read.begin(), scan.read.end(), column);
    if (place == scan.read.end()) {
      return {};
    }
    key.push_back(static_cast<size_t>(place - scan.read.begin()));
  }
  return key.empty() ? Keys() : Keys{key};
}

// Of a table that is looked up rows go, too: what is found is what it has now.
Changelog changes_of(const Scan& scan) {
  const bool changes = scan.table->gives != catalog::Changes::inserts;
  const bool goes = scan.looked_up && scan.mode == RuntimeMode::streaming;
  return {changes, scan.table->gives == catalog::Changes::all, changes || goes};
}

// All kinds of change of all inputs. Of several inputs, rows with one key may come from each.
void pass_on(Node& node) {
  node.changelog = {};
  for (const Node* input : node.inputs) {
    node.changelog.updates |= input->changelog.updates;
    node.changelog.update_before |= input->changelog.update_before;
    node.changelog.deletes |= input->changelog.deletes;
  }
  node.upsert_keys = node.inputs.size() == 1 ? node.inputs[0]->upsert_keys : Keys();
}

// --- Joins ---

std::vector<size_t> join_key(const Join& node, size_t side) {
  std::vector<size_t> columns;
  for (const Join::Key& key : node.keys) {
    columns.push_back(side == 0 ? key.left : key.right);
  }
  return columns;
}

bool is_unique_within(const Node& input, const std::vector<size_t>& columns) {
  return std::any_of(input.upsert_keys.begin(), input.upsert_keys.end(),
                     [&](const auto& key) { return contains_all(columns, key); });
}

// The keys of a side that hold the join key, as numbers of the columns of both sides: changes of
// others may overtake each other where a stream is split by the join key.
Keys keys_with_join_key(const Join& node, size_t side) {
  Keys keys;
  for (std::vector<size_t> key : node.inputs[side]->upsert_keys) {
    if (contains_all(key, join_key(node, side))) {
      for (size_t& column : key) {
        column += side == 0 ? 0 : node.inputs[0]->schema.size();
      }
      keys.push_back(std::move(key));
    }
  }
  return keys;
}

// Each left row meets at most one right row where those are unique in the join key, and is as
// unique as it was.
Keys keys_of_lookup(const Join& node) {
  return is_unique_within(*node.inputs[1], join_key(node, 1)) ? node.inputs[0]->upsert_keys
                                                              : Keys();
}

Keys keys_of_both(const Join& node) {
  if (node.is_by(Join::Times::Rule::current)) {
    return keys_of_lookup(node);
  }
  const Keys left = keys_with_join_key(node, 0);
  if (node.is_semi_or_anti()) {
    return left;
  }
  const Keys right = keys_with_join_key(node, 1);
  Keys keys;
  // A row with at most one match is as unique as it was, unless it also comes as NULLs.
  if (is_unique_within(*node.inputs[1], join_key(node, 1)) && !node.keeps_right()) {
    keys = left;
  }
  if (is_unique_within(*node.inputs[0], join_key(node, 0)) && !node.keeps_left()) {
    keys.insert(keys.end(), right.begin(), right.end());
  }
  for (const std::vector<size_t>& a : left) {
    for (const std::vector<size_t>& b : right) {
      keys.push_back(a);
      keys.back().insert(keys.back().end(), b.begin(), b.end());
    }
  }
  return keys;
}

// An outer or anti join takes rows back when their first match comes.
void set_changes_of(Join& node) {
  pass_on(node);
  if (node.is_by(Join::Times::Rule::current)) {
    node.changelog = node.inputs[0]->changelog;
  } else if (node.times) {
    node.changelog = {};
  } else if (node.join != JoinKind::inner && node.join != JoinKind::semi) {
    node.changelog = {true, true, true};
  }
  node.upsert_keys.clear();
  for (const std::vector<size_t>& key : keys_of_both(node)) {
    std::vector<size_t> shown;
    for (const size_t column : key) {
      const auto place = std::find(node.output.begin(), node.output.end(), column);
      if (place != node.output.end()) {
        shown.push_back(static_cast<size_t>(place - node.output.begin()));
      }
    }
    if (shown.size() == key.size()) {
      node.upsert_keys.push_back(std::move(shown));
    }
  }
}

// A whole row for each change of a key.
void set_changes_of(Normalize& node) {
  node.changelog = {.updates = true, .deletes = true};
  node.upsert_keys = {node.key};
}

// The first row by time stays; any other rank makes room for a row by sending another away. One row
// a partition is keyed by it; with its number, each row is.
void set_changes_of(Rank& rank) {
  const auto deduplication = as_deduplication(rank);
  if (rank.purpose == Rank::Purpose::latest) {
    rank.changelog = {.updates = true, .deletes = true};
  } else if (rank.order_by.empty() && rank.inputs[0]->changelog.insert_only()) {
    rank.changelog = {};  // no later row comes ahead of those that have left
  } else if (!deduplication) {
    rank.changelog = {.updates = true, .deletes = true};
  } else {
    // The last row is never deleted, yet Flink says that it might be.
    const bool changes = deduplication->kept == Deduplication::Kept::last;
    rank.changelog = {.updates = changes, .deletes = changes};
  }
  std::vector<size_t> key = rank.partition_by;
  if (rank.number) {
    key.push_back(rank.inputs[0]->schema.size());
  }
  rank.upsert_keys = rank.number || rank.end == 1 ? Keys{std::move(key)} : Keys();
}

// Calls over rows that may be taken back, by functions that can do that.
void make_retracting(std::vector<AggregateCall>& calls, const Changelog& input) {
  if (input.insert_only()) {
    return;
  }
  for (AggregateCall& call : calls) {
    if (call.function->retracts) {
      continue;
    }
    if (!call.function->retracting) {
      throw Error(ErrorCode::unsupported,
                  call.name + " over changing rows is not supported: it cannot take rows back");
    }
    auto retracting = *call.function->retracting;
    retracting.result = call.function->result;
    call.function = std::make_shared<const function::AggregateSignature>(std::move(retracting));
  }
}

// By time each row has its results when it leaves. By a value they change with rows that come
// later, and a row is still told from others by what told it from others before.
void set_changes(OverAggregate& node) {
  node.changelog = {};
  if (node.is_by_value()) {
    node.changelog = {.updates = true, .deletes = true};
    node.upsert_keys = node.inputs[0]->upsert_keys;
  } else {
    node.upsert_keys.clear();
  }
}

// A group's row changes with it, and goes with its last row.
void set_changes(GroupAggregate& node) {
  const Changelog& input = node.inputs[0]->changelog;
  make_retracting(node.aggregates, input);
  node.changelog = {.updates = true, .deletes = !input.insert_only()};
  std::vector<size_t> key(node.keys.size());
  std::iota(key.begin(), key.end(), size_t{0});
  node.upsert_keys = {std::move(key)};
}

void set_changes(Node& node) {
  switch (node.kind) {
    case NodeKind::scan:
      node.changelog = changes_of(static_cast<const Scan&>(node));
      node.upsert_keys = keys_of(static_cast<const Scan&>(node));
      return;
    case NodeKind::project:
      pass_on(node);
      node.upsert_keys = keys_through(static_cast<const Project&>(node));
      return;
    // A row comes out once a window it is in, once a grouping set, once an element of a collection:
    // no key tells these apart.
    case NodeKind::window_table_function:
    case NodeKind::expand:
    case NodeKind::repeat:
    case NodeKind::unnest:
      pass_on(node);
      node.upsert_keys.clear();
      return;
    case NodeKind::normalize: return set_changes_of(static_cast<Normalize&>(node));
    // A group leaves once, when its rows change no more.
    case NodeKind::window_aggregate:
      make_retracting(static_cast<WindowAggregate&>(node).aggregates, node.inputs[0]->changelog);
      node.changelog = {};
      node.upsert_keys.clear();
      return;
    case NodeKind::group_aggregate: return set_changes(static_cast<GroupAggregate&>(node));
    case NodeKind::values:
      node.changelog = {};
      node.upsert_keys.clear();
      return;
    case NodeKind::join: return set_changes_of(static_cast<Join&>(node));
    case NodeKind::over_aggregate: return set_changes(static_cast<OverAggregate&>(node));
    case NodeKind::match_recognize:
    case NodeKind::window_rank:
    case NodeKind::time_sort:
    case NodeKind::final_rows:
      node.changelog = {};
      node.upsert_keys.clear();
      return;
    case NodeKind::rank: return set_changes_of(static_cast<Rank&>(node));
    case NodeKind::filter:
    case NodeKind::union_all:
    case NodeKind::sink: return pass_on(node);
  }
}

// --- What a node cannot take ---

// Hands rows on one by one, kinds and all.
bool passes_on(const Node& node) {
  return node.kind == NodeKind::filter || node.kind == NodeKind::project ||
         node.kind == NodeKind::window_table_function || node.kind == NodeKind::expand ||
         node.kind == NodeKind::repeat || node.kind == NodeKind::unnest ||
         node.kind == NodeKind::union_all;
}

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
  throw Error(ErrorCode::unsupported,
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
void require_key(const Sink& sink) {
  const Node& input = *sink.inputs[0];
  const std::vector<size_t> primary = written_key(*sink.table);
  if (input.changelog.insert_only() || primary.empty() ||
      sink.on_conflict != Sink::OnConflict::unspecified ||
      std::any_of(input.upsert_keys.begin(), input.upsert_keys.end(),
                  [&](const auto& key) { return contains_all(primary, key); })) {
    return;
  }
  std::string keys;
  for (const std::vector<size_t>& key : input.upsert_keys) {
    keys += (keys.empty() ? "" : ", ") + names_of(input.schema, key);
  }
  throw Error(
      ErrorCode::unsupported,
      "The query has an upsert key that differs from the primary key of the sink table '" +
          sink.table->name + "'. Primary key: " + names_of(input.schema, primary) +
          ", upsert key: " + (keys.empty() ? "none" : keys) +
          ". Key the table as the query is keyed, or say which row is to stay: ON CONFLICT DO "
          "DEDUPLICATE takes the one that came last",
      sink.position);
}

// A session grows until it ends, so its rows wait for that: rows that stay, for an end that comes.
void require_whole_windows(const WindowTableFunction& node) {
  if (node.window.kind != WindowKind::session) {
    return;
  }
  if (node.window.time == WindowTime::of_processing) {
    throw Error(ErrorCode::unsupported,
                "SESSION by processing time is not supported without GROUP BY its PARTITION BY, "
                "window_start, window_end",
                node.position);
  }
  require_inserts(*node.inputs[0], "StreamPhysicalWindowTableFunction of SESSION", node.position);
}

// Without a key nothing says which rows are versions of one.
void require_versions(const Join& node) {
  if (node.keys.empty()) {
    throw Error(ErrorCode::unsupported,
                "Currently the join key in Temporal Table Join can not be empty.", node.position);
  }
  if (!is_unique_within(*node.inputs[1], join_key(node, 1))) {
    throw Error(ErrorCode::unsupported,
                "Temporal Table Join requires primary key in versioned table, but no primary key "
                "can be found: the condition must compare all columns of the key for equality",
                node.position);
  }
}

void check_inputs(const Join& node) {
  if (node.is_by(Join::Times::Rule::interval)) {
    require_inserts(*node.inputs[0], "StreamPhysicalIntervalJoin", node.position);
    require_inserts(*node.inputs[1], "StreamPhysicalIntervalJoin", node.position);
  }
  if (node.is_by(Join::Times::Rule::version)) {
    require_inserts(*node.inputs[0], "the left side of a temporal join", node.position);
    require_versions(node);
  }
  if (node.is_by(Join::Times::Rule::window)) {
    require_inserts(*node.inputs[0], "StreamPhysicalWindowJoin", node.position);
    require_inserts(*node.inputs[1], "StreamPhysicalWindowJoin", node.position);
  }
}

void check_inputs(const Node& node) {
  switch (node.kind) {
    case NodeKind::sink: {
      const auto& sink = static_cast<const Sink&>(node);
      if (sink.table->takes == catalog::Changes::inserts) {
        require_inserts(*sink.inputs[0], "Table sink '" + sink.table->name + "'", sink.position);
      }
      return require_key(sink);
    }
    case NodeKind::window_aggregate:
      // Sessions that have merged cannot be told apart again.
      if (static_cast<const WindowAggregate&>(node).window.kind == WindowKind::session) {
        require_inserts(*node.inputs[0], "StreamPhysicalWindowAggregate over SESSION", {});
      }
      return;
    case NodeKind::over_aggregate:
      if (!static_cast<const OverAggregate&>(node).is_by_value()) {
        require_inserts(*node.inputs[0], "StreamPhysicalOverAggregate",
                        static_cast<const OverAggregate&>(node).window.position);
      }
      return;
    case NodeKind::match_recognize:
      return require_inserts(*node.inputs[0], "Match Recognize",
                             static_cast<const MatchRecognize&>(node).position);
    case NodeKind::window_rank:
      return require_inserts(*node.inputs[0], "StreamPhysicalWindowRank", {});
    case NodeKind::join: return check_inputs(static_cast<const Join&>(node));
    case NodeKind::time_sort:
      return require_inserts(*node.inputs[0], "StreamPhysicalTemporalSort", {});
    case NodeKind::window_table_function:
      require_whole_windows(static_cast<const WindowTableFunction&>(node));
      return;
    case NodeKind::scan:
    case NodeKind::values:
    case NodeKind::rank:
    case NodeKind::filter:
    case NodeKind::project:
    case NodeKind::group_aggregate:
    case NodeKind::expand:
    case NodeKind::normalize:
    case NodeKind::repeat:
    case NodeKind::unnest:
    case NodeKind::final_rows:
    case NodeKind::union_all: return;
  }
}

// --- Whether -U is wanted ---

class UpdateBefore {
 public:
  explicit UpdateBefore(Plan& plan) : plan_(plan) {}

  void run() {
    for (auto node = plan_.nodes.rbegin(); node != plan_.nodes.rend(); ++node) {
      ask_inputs(**node);
    }
    for (const auto& node : plan_.nodes) {
      settle(*node);
    }
  }

 private:
  bool is_wanted_of(const Node& node) const { return wanted_.contains(&node); }

  void want(const Node& node) {
    if (node.changelog.updates) {
      wanted_.insert(&node);
    }
  }
  // What is looked up leaves no changes behind the join.
  void want_of_others(const Node& node) {
    const bool looks_up = node.kind == NodeKind::join &&
                          static_cast<const Join&>(node).is_by(Join::Times::Rule::current);
    for (size_t i = 1; !looks_up && i < node.inputs.size(); ++i) {
      want(*node.inputs[i]);
    }
  }
  void want_of_inputs(const Node& node) {
    for (const Node* input : node.inputs) {
      want(*input);
    }
  }

  // Whether consumers of this node can do without -U, should they like to. Where a filter over
  // other columns than a key's drops a +U, only the -U takes the row away that was there before.
  bool can_be_without(const Node& node) const {
    if (!node.changelog.updates) {
      return true;
    }
    switch (node.kind) {
      case NodeKind::filter:
        return is_over_key(static_cast<const Filter&>(node)) && can_be_without(*node.inputs[0]);
      case NodeKind::project:
      case NodeKind::window_table_function:
      case NodeKind::expand:
      case NodeKind::repeat:
      case NodeKind::union_all:
        return std::all_of(node.inputs.begin(), node.inputs.end(),
                           [&](const Node* input) { return can_be_without(*input); });
      // A row that is replaced may have had more elements than its new state.
      case NodeKind::unnest: return false;
      case NodeKind::join: return can_be_without(static_cast<const Join&>(node));
      case NodeKind::scan:
      case NodeKind::values:
      case NodeKind::rank:
      case NodeKind::over_aggregate:
      case NodeKind::match_recognize:
      case NodeKind::window_rank:
      case NodeKind::window_aggregate:
      case NodeKind::group_aggregate:
      case NodeKind::normalize:
      case NodeKind::time_sort:
      case NodeKind::final_rows:
      case NodeKind::sink: return true;
    }
    return true;
  }

  // A +U alone replaces the old row of a side where that was under the same join key, and then only
  // what it joined with before is replaced as well.
  bool can_be_without(const Join& node) const {
    if (node.is_by(Join::Times::Rule::current)) {
      return node.keeps_left() && !node.condition && !node.upsert_keys.empty() &&
             can_be_without(*node.inputs[0]);
    }
    for (size_t side = 0; side < node.inputs.size(); ++side) {
      const Node& input = *node.inputs[side];
      const auto holds_join_key = [&](const auto& key) {
        return contains_all(key, join_key(node, side));
      };
      if (input.changelog.updates &&
          (node.condition || !can_be_without(input) ||
           std::none_of(input.upsert_keys.begin(), input.upsert_keys.end(), holds_join_key))) {
        return false;
      }
    }
    return true;
  }

  // A row that is looked up takes the place of the one before it only where both have a key.
  bool replaces_by_key(const Node& looked_up) const {
    return !looked_up.upsert_keys.empty() && can_be_without(looked_up);
  }

  // A version is replaced by the next, so a -U is of no use; unless a filter keeps the +U back.
  void want_versions(const Join& node) {
    if (node.is_by(Join::Times::Rule::current) && !replaces_by_key(*node.inputs[1])) {
      want(*node.inputs[1]);
    }
    if (node.is_by(Join::Times::Rule::version) && !can_be_without(*node.inputs[1])) {
      want(*node.inputs[1]);
    }
  }

  static bool is_over_key(const Filter& filter) {
    std::set<size_t> columns;
    add_columns_of(filter.predicate, columns);
    const std::vector<size_t> used(columns.begin(), columns.end());
    const Keys& keys = filter.inputs[0]->upsert_keys;
    return std::any_of(keys.begin(), keys.end(),
                       [&](const auto& key) { return contains_all(key, used); });
  }

  // Consumers have asked already.
  void ask_inputs(const Node& node) {
    switch (node.kind) {
      case NodeKind::scan:
      case NodeKind::values:
      case NodeKind::normalize: return;  // upserts have no -U
      case NodeKind::sink:
        if (wants_all(static_cast<const Sink&>(node))) {
          want_of_inputs(node);
        }
        return;
      case NodeKind::join: want_versions(static_cast<const Join&>(node)); [[fallthrough]];
      case NodeKind::filter:
      case NodeKind::project:
      case NodeKind::window_table_function:
      case NodeKind::expand:
      case NodeKind::repeat:
      case NodeKind::unnest:
      case NodeKind::union_all:
        if (is_wanted_of(node)) {
          want(*node.inputs[0]);
          want_of_others(node);
        }
        return;
      // To take a row back, an operator must be told which.
      case NodeKind::rank:
      case NodeKind::over_aggregate:
      case NodeKind::match_recognize:
      case NodeKind::window_rank:
      case NodeKind::window_aggregate:
      case NodeKind::time_sort:
      case NodeKind::final_rows:
      case NodeKind::group_aggregate: return want_of_inputs(node);
    }
  }

  // One that takes upserts has no use for -U where the query is keyed exactly as it is.
  bool wants_all(const Sink& sink) const {
    const Node& input = *sink.inputs[0];
    if (sink.table->takes == catalog::Changes::all || !can_be_without(input)) {
      return true;
    }
    const std::vector<size_t> primary = written_key(*sink.table);
    return !primary.empty() &&
           std::none_of(input.upsert_keys.begin(), input.upsert_keys.end(),
                        [&](const auto& key) { return has_same_columns(key, primary); });
  }

  // Inputs are settled already. What hands rows on has a -U where any input has.
  void settle(Node& node) {
    if (passes_on(node) || node.kind == NodeKind::sink) {
      node.changelog.update_before =
          std::any_of(node.inputs.begin(), node.inputs.end(),
                      [](const Node* input) { return input->changelog.update_before; });
    } else if (node.kind != NodeKind::scan) {
      node.changelog.update_before = is_wanted_of(node);
    }
  }

  Plan& plan_;
  std::set<const Node*> wanted_;
};

// Whether all that leaves the node goes to sinks, as it is.
bool only_feeds_sinks(const Plan& plan, const Node& node) {
  return std::all_of(plan.nodes.begin(), plan.nodes.end(), [&](const auto& other) {
    const bool reads =
        std::find(other->inputs.begin(), other->inputs.end(), &node) != other->inputs.end();
    return !reads || other->kind == NodeKind::sink ||
           (other->kind == NodeKind::project && only_feeds_sinks(plan, *other));
  });
}

// Sinks that take upserts by the table's own key can have them as they come.
void drop_idle_normalizations(Plan& plan) {
  for (const auto& node : plan.nodes) {
    if (node->kind == NodeKind::normalize && !node->changelog.update_before &&
        only_feeds_sinks(plan, *node)) {
      redirect(plan, node.get(), node->inputs[0]);
    }
  }
  drop_unread(plan);
}

}  // namespace

void infer_changelogs(Plan& plan) {
  for (const auto& node : plan.nodes) {
    set_changes(*node);
    check_inputs(*node);
  }
  UpdateBefore(plan).run();
  drop_idle_normalizations(plan);
}

}  // namespace millrace::plan
