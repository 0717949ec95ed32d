// Which changes leave a node, and by which keys.

#include <algorithm>
#include <numeric>

#include "plan/columns.h"
#include "plan/deduplication.h"
#include "plan/rules/changelog/changelog.h"
#include "plan/rules/changelog/courses.h"

namespace millrace::plan {

namespace {

using Keys = std::vector<std::vector<size_t>>;

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

// LIMIT 0.
bool lets_nothing_through(const Filter& filter) {
  const function::Expression& predicate = filter.predicate;
  return predicate.kind == function::ExpressionKind::literal &&
         (predicate.literal.is_null(0) || predicate.literal.values<uint8_t>()[0] == 0);
}

// --- Joins ---

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

// A join with what holds at a time has the changes of its left side alone. An outer or anti join
// takes rows back when their first match comes.
void set_changes_of(Join& node) {
  pass_on(node);
  if (node.is_by(Join::Times::Rule::current) || node.is_by(Join::Times::Rule::version)) {
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

// Of rows that stay there may be others for a key, which are passed over; the last one wins.
void set_changes_of(Resolve& node) {
  const bool stays =
      node.inputs[0]->changelog.insert_only() && node.on_conflict != OnConflict::deduplicate;
  node.changelog = {.updates = !stays, .deletes = !stays};
  node.upsert_keys = {node.key};
}

// Whether no value of the column puts a row further back than the one before it. What rises begins
// with NULL, which must not be ahead of all then.
bool moves_ahead(const SortKey& key, const Type& type, Course course) {
  const bool falls_to_front = !key.descending && course == Course::falls;
  const bool rises_to_front =
      key.descending && course == Course::rises && (key.nulls_last || !type.nullable);
  return course == Course::constant || falls_to_front || rises_to_front;
}

// The key by which rows are replaced where no update moves one back: the partition is of it, and
// each column of the order moves towards the front. Empty where there is none.
std::vector<size_t> key_moving_ahead(const Rank& rank) {
  const Node& input = *rank.inputs[0];
  if (input.changelog.insert_only() || input.changelog.deletes || rank.order_by.empty()) {
    return {};
  }
  const std::vector<Course> courses = courses_of(input);
  const bool all_move_ahead =
      std::all_of(rank.order_by.begin(), rank.order_by.end(), [&](const SortKey& key) {
        return moves_ahead(key, input.schema[key.column].type, courses[key.column]);
      });
  const auto key = std::find_if(
      input.upsert_keys.begin(), input.upsert_keys.end(),
      [&](const std::vector<size_t>& key) { return contains_all(key, rank.partition_by); });
  return all_move_ahead && key != input.upsert_keys.end() ? *key : std::vector<size_t>();
}

// Where the number is not shown, rows come and go and none takes the place of another, so that each
// change is one of a key of the input: of those that a stream split by the partition keeps
// together.
Keys keys_within(const Rank& rank) {
  const bool changes_places = rank.number || rank.start > 1;
  const bool keeps_all = !rank.inputs[0]->changelog.insert_only() && rank.replaces_by.empty();
  const bool replaces = rank.end == 1 && (!keeps_all || as_deduplication(rank));
  Keys keys;
  if (rank.purpose == Rank::Purpose::row_number && !changes_places && !replaces) {
    for (const std::vector<size_t>& key : rank.inputs[0]->upsert_keys) {
      if (contains_all(key, rank.partition_by)) {
        keys.push_back(key);
      }
    }
  }
  return keys;
}

// The first row by time stays; any other rank makes room for a row by sending another away, unless
// all leave in the end. One row a partition is keyed by it; with its number, each row is.
void set_changes_of(Rank& rank) {
  const auto deduplication = as_deduplication(rank);
  const bool in_the_end = leaves_in_the_end(rank);
  rank.replaces_by = in_the_end ? std::vector<size_t>() : key_moving_ahead(rank);
  if (in_the_end) {
    rank.changelog = {};
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
  rank.upsert_keys = keys_within(rank);
  if (rank.number || rank.end == 1) {
    rank.upsert_keys.push_back(std::move(key));
  }
}

void make_retracting(AggregateCall& call) {
  auto retracting = *call.function->retracting;
  retracting.result = call.function->result;
  call.function = std::make_shared<const function::AggregateSignature>(std::move(retracting));
}

// A call over rows that may be taken back, by a function that can do that.
void make_retracting(AggregateCall& call, const Changelog& input) {
  if (input.insert_only() || call.function->retracts) {
    return;
  }
  if (!call.function->retracting) {
    throw Error(ErrorCode::unsupported,
                call.name + " over changing rows is not supported: it cannot take rows back" +
                    (call.function->foreign ? ", for its library gives it no retract()" : ""));
  }
  make_retracting(call);
}

void make_retracting(std::vector<AggregateCall>& calls, const Changelog& input) {
  for (AggregateCall& call : calls) {
    make_retracting(call, input);
  }
}

// Where a function can take rows back by another accumulator, that one.
void prefer_retracting(std::vector<AggregateCall>& calls) {
  for (AggregateCall& call : calls) {
    if (!call.function->retracts && call.function->retracting) {
      make_retracting(call);
    }
  }
}

// Whether what is left of rows that were added and taken back is seen in the last digits.
bool rounds(const AggregateCall& call) {
  const TypeKind kind = call.function->result.kind;
  return call.function->retracts && (kind == TypeKind::float_ || kind == TypeKind::double_);
}

// By time each row has its results when it leaves. By a value they change with rows that come
// later, and a row is still told from others by what told it from others before. In batch mode rows
// leave in the end; frames that do not begin with the first row move on by taking rows back. So
// they do where sums round, as Flink's do: gathered again, for a maximum beside them, they would
// differ.
void set_changes_of(OverAggregate& node) {
  node.changelog = {};
  const bool takes_back =
      node.mode == RuntimeMode::batch || std::any_of(node.calls.begin(), node.calls.end(), rounds);
  if (takes_back && node.window.preceding) {
    prefer_retracting(node.calls);
  }
  if (node.is_by_value()) {
    node.changelog = {.updates = true, .deletes = true};
    node.upsert_keys = node.inputs[0]->upsert_keys;
  } else {
    node.upsert_keys.clear();
  }
}

// A maximum of what only rises, or a minimum of what only falls, is not taken back: as in Flink the
// function hears of what is added alone.
bool only_moves_on(const AggregateCall& call, Course course) {
  return !call.distinct && ((call.function->name == "MAX" && course == Course::rises) ||
                            (call.function->name == "MIN" &&
                             (course == Course::falls || course == Course::falls_from_null)));
}

void make_retracting(GroupAggregate& node) {
  const Changelog& input = node.inputs[0]->changelog;
  if (input.insert_only()) {
    return;
  }
  const std::vector<Course> courses = courses_of(node);
  for (size_t i = 0; i < node.aggregates.size(); ++i) {
    if (!only_moves_on(node.aggregates[i], courses[node.keys.size() + i])) {
      make_retracting(node.aggregates[i], input);
    }
  }
}

// A group's row changes with it, and goes with its last row; in batch mode it leaves in the end.
void set_changes_of(GroupAggregate& node) {
  const Changelog& input = node.inputs[0]->changelog;
  node.changelog = {.updates = true, .deletes = !input.insert_only()};
  if (node.mode == RuntimeMode::batch) {
    node.changelog = {};
  }
  make_retracting(node);
  std::vector<size_t> key(node.keys.size());
  std::iota(key.begin(), key.end(), size_t{0});
  node.upsert_keys = {std::move(key)};
}

// A group leaves once, when its rows change no more, unless it is told of ahead of that or behind.
void set_changes_of(WindowAggregate& node) {
  const Changelog& input = node.inputs[0]->changelog;
  make_retracting(node.aggregates, input);
  node.changelog = {};
  node.upsert_keys.clear();
  if (!node.updates.any()) {
    return;
  }
  node.changelog = {.updates = true, .deletes = !input.insert_only()};
  std::vector<size_t> key(node.keys.size());
  std::iota(key.begin(), key.end(), size_t{0});
  for (size_t i = 0; i < node.properties.size(); ++i) {
    if (node.properties[i] == WindowProperty::time &&
        node.window.time == WindowTime::of_processing) {
      continue;  // the time of each change
    }
    key.push_back(node.keys.size() + node.aggregates.size() + i);  // others say which window it is
    node.upsert_keys.push_back(key);
    key.pop_back();
  }
}

}  // namespace

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
    // Of any kind, as in Flink, whatever the mapping names.
    case NodeKind::from_changelog:
      node.changelog = {.updates = true, .update_before = true, .deletes = true};
      node.upsert_keys.clear();
      return;
    case NodeKind::window_aggregate: return set_changes_of(static_cast<WindowAggregate&>(node));
    case NodeKind::group_aggregate: return set_changes_of(static_cast<GroupAggregate&>(node));
    case NodeKind::values:
      node.changelog = {};
      node.upsert_keys.clear();
      return;
    case NodeKind::join: return set_changes_of(static_cast<Join&>(node));
    case NodeKind::over_aggregate: return set_changes_of(static_cast<OverAggregate&>(node));
    case NodeKind::to_changelog:
    case NodeKind::match_recognize:
    case NodeKind::window_rank:
    case NodeKind::time_sort:
    case NodeKind::final_rows:
      node.changelog = {};
      node.upsert_keys.clear();
      return;
    case NodeKind::rank: return set_changes_of(static_cast<Rank&>(node));
    case NodeKind::resolve: return set_changes_of(static_cast<Resolve&>(node));
    case NodeKind::filter:
      pass_on(node);
      if (lets_nothing_through(static_cast<const Filter&>(node))) {
        node.changelog = {};
      }
      return;
    case NodeKind::union_all:
    case NodeKind::sink: return pass_on(node);
  }
}

}  // namespace millrace::plan
