#include "plan/node_text.h"

#include <algorithm>
#include <set>

#include "base/check.h"
#include "plan/change_words.h"
#include "plan/explain_text.h"
#include "plan/node_schemas.h"

namespace millrace::plan {

namespace {

std::string window_text(const Window& window, const Schema& input) {
  const bool by_end = window.time == WindowTime::of_window_end;
  std::string text = (by_end ? "win_end=[" : "time_col=[") + input[window.time_column].name + "], ";
  std::vector<std::string> keys;
  for (const size_t key : window.partition_by) {
    keys.push_back(input[key].name);
  }
  const std::string size = duration_text(window.size_ms);
  const std::string step = duration_text(window.step_ms);
  const std::string offset =
      window.offset_ms == 0 ? "" : ", offset=[" + duration_text(window.offset_ms) + "]";
  switch (window.kind) {
    case WindowKind::tumble: return "TUMBLE(" + text + "size=[" + size + "]" + offset + ")";
    case WindowKind::hop:
      return "HOP(" + text + "size=[" + size + "], slide=[" + step + "]" + offset + ")";
    case WindowKind::cumulate:
      return "CUMULATE(" + text + "max_size=[" + size + "], step=[" + step + "]" + offset + ")";
    case WindowKind::session:
      return "SESSION(" + text + "gap=[" + size + "]" +
             (keys.empty() ? "" : ", partition keys=[" + joined(keys) + "]") + ")";
  }
  check(false, "window kind outside the enumeration");
  return "";
}

// "expression AS name", or the name alone of a column that keeps it.
std::string select_text(const std::vector<function::Expression>& expressions, const Schema& output,
                        size_t first, const Schema& input) {
  const std::vector<std::string> names = names_of(input);
  std::vector<std::string> parts;
  for (size_t i = 0; i < expressions.size(); ++i) {
    const std::string text = expressions[i].to_string(names);
    const std::string& name = output[first + i].name;
    parts.push_back(text == name ? text : text + " AS " + name);
  }
  return joined(parts);
}

// As Flink says it.
std::string updates_text(const WindowUpdates& updates) {
  if (!updates.any()) {
    return "";
  }
  const std::string early = updates.early ? "early no delay" : "";
  const std::string late = updates.late_ms ? "late no delay" : "";
  return "emit=[" + early + (updates.early && updates.late_ms ? ", " : "") + late + "], ";
}

std::string aggregate_text(const WindowAggregate& node) {
  const Schema& input = node.inputs[0]->schema;
  std::vector<std::string> keys;
  for (const size_t key : node.keys) {
    keys.push_back(input[key].name);
  }
  return "WindowAggregate(" + (keys.empty() ? "" : "groupBy=[" + joined(keys) + "], ") +
         "window=[" + window_text(node.window, input) + "], " + updates_text(node.updates) +
         "select=[" + joined(names_of(node.schema)) + "])";
}

// A row without columns is shown as Flink shows it, with a zero that nobody reads.
std::string tuples_text(const Values& node) {
  std::vector<std::string> tuples;
  for (const std::vector<function::Expression>& row : node.rows) {
    std::vector<std::string> values;
    for (const function::Expression& value : row) {
      values.push_back(value.to_string({}));
    }
    tuples.push_back("{ " + (values.empty() ? "0" : joined(values)) + " }");
  }
  return joined(tuples);
}

// How one side of a join is kept, in Flink's words.
std::string side_text(const Join& node, size_t side) {
  std::vector<size_t> columns;
  for (const Join::Key& key : node.keys) {
    columns.push_back(side == 0 ? key.left : key.right);
  }
  const auto& keys = node.inputs[side]->upsert_keys;
  const auto within = [&](const std::vector<size_t>& key) {
    return std::all_of(key.begin(), key.end(), [&](size_t column) {
      return std::find(columns.begin(), columns.end(), column) != columns.end();
    });
  };
  return keys.empty()                                    ? "NoUniqueKey"
         : std::any_of(keys.begin(), keys.end(), within) ? "JoinKeyContainsUniqueKey"
                                                         : "HasUniqueKey";
}

// The name of a join, and what is said of it beside its condition and columns.
struct JoinWords {
  std::string name;
  std::string behind_type;
  std::string behind_select;
};

std::string bounds_text(const Join::Times& times) {
  return ", windowBounds=[isRowTime=true, leftLowerBound=" + std::to_string(times.from_ms) +
         ", leftUpperBound=" + std::to_string(times.to_ms) +
         ", leftTimeIndex=" + std::to_string(times.left) +
         ", rightTimeIndex=" + std::to_string(times.right) + "]";
}

JoinWords words_of(const Join& node) {
  if (node.is_by(Join::Times::Rule::interval)) {
    return {"IntervalJoin", bounds_text(*node.times), ""};
  }
  if (node.is_by(Join::Times::Rule::version)) {
    return {"TemporalJoin", "", ""};
  }
  if (node.is_by(Join::Times::Rule::current)) {
    return {"LookupJoin", "", ""};
  }
  if (node.is_by(Join::Times::Rule::window)) {
    return {"WindowJoin", "", ""};
  }
  return {
      "Join", "",
      ", leftInputSpec=[" + side_text(node, 0) + "], rightInputSpec=[" + side_text(node, 1) + "]"};
}

std::string join_text(const Join& node) {
  static constexpr const char* kNames[] = {"InnerJoin",     "LeftOuterJoin", "RightOuterJoin",
                                           "FullOuterJoin", "LeftSemiJoin",  "LeftAntiJoin"};
  const Schema both = joined_columns(node);
  const size_t left = node.inputs[0]->schema.size();
  std::vector<std::string> conditions;
  for (const Join::Key& key : node.keys) {
    conditions.push_back("(" + both[key.left].name +
                         (key.nulls_match ? " IS NOT DISTINCT FROM " : " = ") +
                         both[left + key.right].name + ")");
  }
  if (node.condition) {
    conditions.push_back(node.condition->to_string(names_of(both)));
  }
  if (node.is_by(Join::Times::Rule::version)) {
    conditions.push_back("__TEMPORAL_JOIN_CONDITION(" + both[node.times->left].name + ", " +
                         both[left + node.times->right].name + ")");
  }
  std::string where;
  for (const std::string& condition : conditions) {
    where += (where.empty() ? "" : " AND ") + condition;
  }
  where = conditions.empty() ? "true" : conditions.size() > 1 ? "(" + where + ")" : where;
  const JoinWords words = words_of(node);
  return words.name + "(joinType=[" + kNames[static_cast<size_t>(node.join)] + "]" +
         words.behind_type + ", where=[" + where + "], select=[" + joined(names_of(node.schema)) +
         "]" + words.behind_select + ")";
}

std::string order_text(const std::vector<SortKey>& order_by, const Schema& input) {
  std::vector<std::string> parts;
  for (const SortKey& key : order_by) {
    const bool usual = key.nulls_last == key.descending;
    parts.push_back(input[key.column].name + (key.descending ? " DESC" : " ASC") +
                    (usual            ? ""
                     : key.nulls_last ? " NULLS LAST"
                                      : " NULLS FIRST"));
  }
  return joined(parts);
}

std::string limit_text(const Rank& node) {
  return (node.order_by.empty()
              ? "Limit("
              : "SortLimit(orderBy=[" + order_text(node.order_by, node.schema) + "], ") +
         "offset=[" + std::to_string(node.start - 1) + "], fetch=[" +
         std::to_string(node.end - node.start + 1) + "])";
}

std::string resolve_text(const Resolve& node) {
  static constexpr const char* kStrategies[] = {"", "DEDUPLICATE", "NOTHING", "ERROR"};
  return "SinkMaterializer(key=[" + columns_text(node.key, node.schema) + "], conflictStrategy=[" +
         kStrategies[static_cast<size_t>(node.on_conflict)] + "])";
}

// "2 PRECEDING": an end of a frame, so far in this direction, or in the other where below zero.
std::string frame_end_text(std::optional<int64_t> distance, const OverAggregate& node,
                           const std::string& direction, const std::string& other) {
  if (!distance) {
    return "UNBOUNDED " + direction;
  }
  const OverWindow& window = node.window;
  const bool is_time = window.unit == FrameUnit::range && !window.order_by.empty() &&
                       node.schema[window.order_by.front().column].type.is_timestamp();
  const int64_t far = std::abs(*distance);
  return (is_time ? duration_text(far) : std::to_string(far)) + " " +
         (*distance < 0 ? other : direction);
}

std::string frame_text(const OverAggregate& node) {
  const OverWindow& window = node.window;
  return std::string(window.unit == FrameUnit::rows ? "ROWS" : "RANGE") + " BETWEEN " +
         frame_end_text(window.preceding, node, "PRECEDING", "FOLLOWING") + " AND " +
         (window.following == 0 ? "CURRENT ROW"
                                : frame_end_text(window.following, node, "FOLLOWING", "PRECEDING"));
}

std::string over_text(const OverAggregate& node) {
  const Schema& input = node.inputs[0]->schema;
  const OverWindow& window = node.window;
  return "OverAggregate(" +
         (window.partition_by.empty()
              ? ""
              : "partitionBy=[" + columns_text(window.partition_by, input) + "], ") +
         (window.order_by.empty() ? "" : "orderBy=[" + order_text(window.order_by, input) + "], ") +
         "window=[" + frame_text(node) + "], select=[" + joined(names_of(node.schema)) + "])";
}

template <typename RankNode>
std::string rank_text(const RankNode& node) {
  const Schema& input = node.inputs[0]->schema;
  return "rankType=[ROW_NUMBER], rankRange=[rankStart=" + std::to_string(node.start) +
         ", rankEnd=" + std::to_string(node.end) + "], partitionBy=[" +
         columns_text(node.partition_by, input) + "], orderBy=[" +
         order_text(node.order_by, input) + "], select=[" + joined(names_of(node.schema)) + "])";
}

std::string aggregate_text(const GroupAggregate& node) {
  const std::string keys = columns_text(node.keys, node.inputs[0]->schema);
  return "GroupAggregate(" + (keys.empty() ? "" : "groupBy=[" + keys + "], ") + "select=[" +
         joined(names_of(node.schema)) + "])";
}

// The sets as Flink writes them: "{a, b}, {a}, {}".
std::string expand_text(const Expand& node) {
  const Schema& input = node.inputs[0]->schema;
  std::vector<std::string> sets;
  for (const std::vector<bool>& set : node.sets) {
    std::vector<std::string> keys;
    for (size_t i = 0; i < set.size(); ++i) {
      if (set[i]) {
        keys.push_back(input[node.keys[i]].name);
      }
    }
    sets.push_back("{" + joined(keys) + "}");
  }
  return "Expand(sets=[" + joined(sets) + "])";
}

std::string element_text(const MatchRecognize::Element& element) {
  const bool once = element.least == 1 && element.most == 1;
  const bool any = element.most == MatchRecognize::Element::kAnyNumber;
  return element.variable +
         (once ? ""
               : "{" + std::to_string(element.least) + "," +
                     (any ? "" : std::to_string(element.most)) + "}") +
         (element.reluctant ? "?" : "");
}

std::string skip_text(const MatchRecognize& node) {
  switch (node.skip) {
    case MatchRecognize::Skip::to_next_row: return "SKIP TO NEXT ROW";
    case MatchRecognize::Skip::past_last_row: return "SKIP PAST LAST ROW";
    case MatchRecognize::Skip::to_first:
      return "SKIP TO FIRST " + node.pattern[node.skip_to.front()].variable;
    case MatchRecognize::Skip::to_last:
      return "SKIP TO LAST " + node.pattern[node.skip_to.front()].variable;
  }
  return "";
}

std::string rows_text(MatchRecognize::Shown shown) {
  using Shown = MatchRecognize::Shown;
  switch (shown) {
    case Shown::one_row: return "ONE ROW PER MATCH";
    case Shown::all_rows: return "ALL ROWS PER MATCH";
    case Shown::all_but_empty: return "ALL ROWS PER MATCH OMIT EMPTY MATCHES";
    case Shown::all_and_unmatched: return "ALL ROWS PER MATCH WITH UNMATCHED ROWS";
  }
  return "";
}

std::string match_text(const MatchRecognize& node) {
  const Schema& input = node.inputs[0]->schema;
  const std::vector<std::string> cells = names_of(node.cell_schema());
  std::vector<std::string> measures;
  for (size_t i = 0; i < node.measures.size(); ++i) {
    measures.push_back(node.measures[i].to_string(cells) + " AS " +
                       node.schema[node.shown_ahead.size() + i].name);
  }
  std::string pattern;
  std::vector<std::string> definitions;
  std::set<std::string> defined;
  for (const MatchRecognize::Element& element : node.pattern) {
    pattern += (pattern.empty() ? "" : " ") + element_text(element);
    if (element.condition && defined.insert(element.variable).second) {
      definitions.push_back(element.variable + "=" + element.condition->to_string(cells));
    }
  }
  pattern = node.steps.empty() ? pattern : node.written_pattern;
  return "Match(partitionBy=[" + columns_text(node.partition_by, input) + "], orderBy=[" +
         order_text(node.order_by, input) + "], measures=[" + joined(measures) +
         "], rowsPerMatch=[" + rows_text(node.shown) + "], after=[" + skip_text(node) +
         "], pattern=[(" + pattern + ")]" +
         (node.within_ms ? ", within=[" + duration_text(*node.within_ms) + "]" : "") +
         ", define=[{" + joined(definitions) + "}])";
}

}  // namespace

std::vector<std::string> lines_of(const Node& node) {
  switch (node.kind) {
    case NodeKind::scan: {
      const Scan& scan = static_cast<const Scan&>(node);
      Schema read;
      for (size_t i = 0; i < scan.read.size(); ++i) {
        read.fields.push_back(scan.schema[i]);
      }
      std::vector<std::string> lines;
      if (scan.watermark) {
        lines.push_back("WatermarkAssigner(rowtime=[" + scan.schema[scan.rowtimes.front()].name +
                        "], watermark=[" + scan.watermark->to_string(names_of(scan.schema)) + "])");
      }
      if (!scan.computed.empty()) {
        lines.push_back("Calc(select=[" + joined(names_of(read)) + ", " +
                        select_text(scan.computed, scan.schema, scan.read.size(), scan.schema) +
                        "])");
      }
      lines.push_back("TableSourceScan(table=[" + scan.table->name + "], fields=[" +
                      joined(names_of(read)) + "])");
      return lines;
    }
    case NodeKind::filter:
      return {
          "Calc(where=[" +
          static_cast<const Filter&>(node).predicate.to_string(names_of(node.inputs[0]->schema)) +
          "])"};
    case NodeKind::project:
      return {"Calc(select=[" +
              select_text(static_cast<const Project&>(node).expressions, node.schema, 0,
                          node.inputs[0]->schema) +
              "])"};
    case NodeKind::window_table_function:
      return {"WindowTableFunction(window=[" +
              window_text(static_cast<const WindowTableFunction&>(node).window, node.schema) +
              "])"};
    case NodeKind::window_aggregate:
      return {aggregate_text(static_cast<const WindowAggregate&>(node))};
    case NodeKind::join: return {join_text(static_cast<const Join&>(node))};
    case NodeKind::over_aggregate: return {over_text(static_cast<const OverAggregate&>(node))};
    case NodeKind::rank: {
      const auto& rank = static_cast<const Rank&>(node);
      return {rank.purpose == Rank::Purpose::limit ? limit_text(rank) : "Rank(" + rank_text(rank)};
    }
    case NodeKind::resolve: return {resolve_text(static_cast<const Resolve&>(node))};
    case NodeKind::match_recognize: return {match_text(static_cast<const MatchRecognize&>(node))};
    case NodeKind::window_rank:
      return {"WindowRank(" + rank_text(static_cast<const WindowRank&>(node))};
    case NodeKind::group_aggregate:
      return {aggregate_text(static_cast<const GroupAggregate&>(node))};
    case NodeKind::expand: return {expand_text(static_cast<const Expand&>(node))};
    case NodeKind::normalize: {
      const auto& normalize = static_cast<const Normalize&>(node);
      return {"ChangelogNormalize(key=[" + columns_text(normalize.key, node.schema) + "]" +
              (normalize.condition
                   ? ", condition=[" + normalize.condition->to_string(names_of(node.schema)) + "]"
                   : "") +
              ")"};
    }
    case NodeKind::repeat:
      return {"Repeat(times=[" + node.schema[static_cast<const Repeat&>(node).times].name +
              "], select=[" + joined(names_of(node.schema)) + "])"};
    case NodeKind::to_changelog:
    case NodeKind::from_changelog:
      return {"ProcessTableFunction(invocation=[" + invocation_text(node) + "], select=[" +
              joined(names_of(node.schema)) + "])"};
    case NodeKind::time_sort:
      return {"TemporalSort(orderBy=[" +
              order_text(static_cast<const TimeSort&>(node).order_by, node.schema) + "])"};
    case NodeKind::final_rows:
      return {"Sort(orderBy=[" +
              order_text(static_cast<const FinalRows&>(node).order_by, node.schema) + "])"};
    case NodeKind::unnest: {
      const auto& unnest = static_cast<const Unnest&>(node);
      return {"Correlate(invocation=[UNNEST(" + node.inputs[0]->schema[unnest.collection].name +
              ")], select=[" + joined(names_of(node.schema)) + "], joinType=[" +
              (unnest.keeps_empty ? "LEFT" : "INNER") + "]" +
              (unnest.condition
                   ? ", condition=[" + unnest.condition->to_string(names_of(node.schema)) + "]"
                   : "") +
              ")"};
    }
    case NodeKind::union_all:
      return {"Union(all=[true], union=[" + joined(names_of(node.schema)) + "])"};
    case NodeKind::values:
      return {"Values(tuples=[[" + tuples_text(static_cast<const Values&>(node)) + "]])"};
    case NodeKind::sink:
      return {"Sink(table=[" + static_cast<const Sink&>(node).table->name + "], fields=[" +
              joined(names_of(node.schema)) + "])"};
  }
  check(false, "node kind outside the enumeration");
  return {};
}

std::string line_of(const Node& node) { return lines_of(node).front(); }

}  // namespace millrace::plan
