#include "plan/fingerprint.h"

#include <algorithm>

#include "function/foreign/library.h"
#include "plan/change_words.h"
#include "plan/deduplication.h"
#include "plan/explain_text.h"
#include "plan/node_schemas.h"
#include "plan/state_expiry.h"

namespace millrace::plan {

namespace {

// A function of a library is another one where it lies elsewhere, be its name in SQL the same.
std::string describe_foreign(const std::shared_ptr<const function::ForeignFunction>& foreign) {
  return foreign == nullptr ? "" : " of a library: " + foreign->name;
}

std::string describe_libraries(const function::Expression& expression) {
  std::string text =
      expression.signature == nullptr ? "" : describe_foreign(expression.signature->foreign);
  for (const function::Expression& argument : expression.arguments) {
    text += describe_libraries(argument);
  }
  return text;
}

std::string describe_expression(const function::Expression& expression,
                                const std::vector<std::string>& names) {
  return expression.to_string(names) + describe_libraries(expression);
}

// What of a table decides which records are meant.
std::string describe_table(const catalog::Table& table) {
  std::string text = table.name;
  for (const char* key : {"connector", "topic", "topic-pattern", "path",
                          "source.path.regex-pattern", "format", "value.format"}) {
    if (const std::string value = table.option(key); !value.empty()) {
      text += std::string(" ") + key + "=" + value;
    }
  }
  for (const size_t column : table.partitioned_by) {
    text += " partitioned by " + table.columns[column].name;
  }
  return text;
}

// A file in progress is gone on with, and its records are all of one form.
std::string describe_sink(const Sink& sink) {
  const catalog::Table& table = *sink.table;
  std::string text = (sink.overwrite ? "overwriting sink " : "sink ") + describe_table(table);
  if (table.option("connector") == "filesystem") {
    for (const auto& [key, option] : table.options) {
      text += key.starts_with(table.option("format") + ".") ? " " + key + "=" + option.value : "";
    }
  }
  return text;
}

std::string describe_window(const Window& window) {
  static constexpr const char* kNames[] = {"tumble", "hop", "cumulate", "session"};
  static constexpr const char* kTimes[] = {" column ", " ended by ", " processed at "};
  std::string text = std::string(kNames[static_cast<size_t>(window.kind)]) +
                     kTimes[static_cast<size_t>(window.time)] + std::to_string(window.time_column) +
                     " size " + std::to_string(window.size_ms) + " step " +
                     std::to_string(window.step_ms) + " offset " + std::to_string(window.offset_ms);
  for (const size_t key : window.partition_by) {
    text += " partition " + std::to_string(key);
  }
  return text;
}

std::string describe_scan(const Scan& scan) {
  // Computed columns and the watermark may name any output column before them.
  const std::vector<std::string> names = names_of(scan.schema);
  std::vector<std::string> parts;
  for (const function::Expression& expression : scan.computed) {
    parts.push_back(describe_expression(expression, names));
  }
  return "scan " + describe_table(*scan.table) + " computed " + joined(parts) +
         (scan.watermark ? " watermark " + describe_expression(*scan.watermark, names) : "");
}

std::string describe_project(const Project& project) {
  const std::vector<std::string> names = names_of(project.inputs[0]->schema);
  std::vector<std::string> parts;
  for (const function::Expression& expression : project.expressions) {
    parts.push_back(describe_expression(expression, names));
  }
  return "project " + joined(parts);
}

std::string describe_columns(const std::vector<size_t>& columns) {
  std::string text;
  for (const size_t column : columns) {
    text += " " + std::to_string(column);
  }
  return text;
}

std::string describe_order(const std::vector<SortKey>& order_by) {
  std::string text = " order";
  for (const SortKey& key : order_by) {
    text += " " + std::to_string(key.column) + (key.descending ? " desc" : " asc") +
            (key.nulls_last ? " nulls last" : " nulls first");
  }
  return text;
}

std::string describe_calls(const std::vector<AggregateCall>& calls) {
  std::string text;
  for (const AggregateCall& call : calls) {
    text += " " + call.function->name + describe_foreign(call.function->foreign) +
            (call.distinct ? "( distinct" : "(");
    for (const size_t argument : call.arguments) {
      text += " " + std::to_string(argument);
    }
    text += call.filter ? " filter " + std::to_string(*call.filter) + " )" : " )";
  }
  return text;
}

std::string describe_rows(const Values& values) {
  std::vector<std::string> rows;
  for (const std::vector<function::Expression>& row : values.rows) {
    std::vector<std::string> parts;
    for (const function::Expression& value : row) {
      parts.push_back(describe_expression(value, {}));
    }
    rows.push_back("(" + joined(parts) + ")");
  }
  return joined(rows);
}

std::string describe_join(const Join& node) {
  static constexpr const char* kNames[] = {"inner", "left", "right", "full", "semi", "anti"};
  std::string text = std::string("join ") + kNames[static_cast<size_t>(node.join)] + " on";
  for (const Join::Key& key : node.keys) {
    text +=
        " " + std::to_string(key.left) + (key.nulls_match ? "==" : "=") + std::to_string(key.right);
  }
  if (node.condition) {
    text += " where " + describe_expression(*node.condition, names_of(joined_columns(node)));
  }
  if (node.times) {
    static constexpr const char* kRules[] = {"interval", "version", "window", "current"};
    text += std::string(" ") + kRules[static_cast<size_t>(node.times->rule)] + " " +
            std::to_string(node.times->left) + " " + std::to_string(node.times->right) + " from " +
            std::to_string(node.times->from_ms) + " to " + std::to_string(node.times->to_ms);
  }
  text += " select";
  for (const size_t column : node.output) {
    text += " " + std::to_string(column);
  }
  return text;
}

std::string describe_aggregate(const WindowAggregate& node) {
  const WindowUpdates& updates = node.updates;
  return "window_aggregate " + describe_window(node.window) + (updates.early ? " early" : "") +
         (updates.late_ms ? " late " + std::to_string(*updates.late_ms) : "") + " by" +
         describe_columns(node.keys) + describe_calls(node.aggregates);
}

std::string describe_over(const OverAggregate& node) {
  const OverWindow& window = node.window;
  return "over_aggregate by" + describe_columns(window.partition_by) +
         describe_order(window.order_by) + (window.unit == FrameUnit::rows ? " rows " : " range ") +
         (window.preceding ? std::to_string(*window.preceding) : "unbounded") +
         (window.following == 0 ? ""
          : window.following    ? " to " + std::to_string(*window.following)
                                : " to unbounded") +
         (node.mode == RuntimeMode::batch ? " in batch" : "") + describe_calls(node.calls);
}

template <typename RankNode>
std::string describe_rank(const RankNode& node) {
  return " by" + describe_columns(node.partition_by) + describe_order(node.order_by) + " from " +
         std::to_string(node.start) + " to " + std::to_string(node.end) +
         (node.number ? " numbered" : "");
}

std::string describe_resolve(const Resolve& node) {
  const std::string by = " by" + describe_columns(node.key);
  switch (node.on_conflict) {
    case OnConflict::unspecified: break;
    // Once a rank, and written so since.
    case OnConflict::deduplicate: return "latest" + by + " order from 1 to 1";
    case OnConflict::nothing: return "first settled" + by + " of" + describe_columns(node.row_key);
    case OnConflict::error: return "only settled" + by + " of" + describe_columns(node.row_key);
  }
  return {};
}

std::string describe_expand(const Expand& node) {
  std::string text = "expand";
  for (const std::vector<bool>& set : node.sets) {
    text += " (";
    for (size_t i = 0; i < set.size(); ++i) {
      text += set[i] ? " " + std::to_string(node.keys[i]) : "";
    }
    text += " )";
  }
  return text;
}

std::string describe_elements(const MatchRecognize::Cell& cell) {
  std::string text;
  for (const size_t element : cell.elements) {
    text += (text.empty() ? "" : "+") + std::to_string(element);
  }
  return text.empty() ? std::to_string(SIZE_MAX) : text;
}

std::string shown_text(MatchRecognize::Shown shown) {
  using Shown = MatchRecognize::Shown;
  switch (shown) {
    case Shown::one_row: return "";
    case Shown::all_rows: return " all rows";
    case Shown::all_but_empty: return " all rows but empty";
    case Shown::all_and_unmatched: return " all rows and unmatched";
  }
  return "";
}

std::string describe_match(const MatchRecognize& node) {
  const std::vector<std::string> names = names_of(node.cell_schema());
  std::string text = "match_recognize by" + describe_columns(node.partition_by) +
                     describe_order(node.order_by) + " skip " +
                     std::to_string(static_cast<int>(node.skip)) +
                     (node.skip_to.empty() ? " 0" : describe_columns(node.skip_to)) + " within " +
                     std::to_string(node.within_ms.value_or(0));
  for (const MatchRecognize::Cell& cell : node.cells) {
    text += " cell " + std::to_string(static_cast<int>(cell.kind)) + " " + describe_elements(cell) +
            " " + std::to_string(cell.column) + " " + std::to_string(cell.offset) +
            (cell.of_whole_match ? " final" : "");
    text += cell.call.function ? describe_calls({cell.call}) : "";
  }
  for (const MatchRecognize::Element& element : node.pattern) {
    text += " then " + element.variable + " " + std::to_string(element.least) + " " +
            std::to_string(element.most) + (element.reluctant ? " reluctant" : "") +
            (element.excluded ? " excluded" : "") +
            (element.condition ? " where " + describe_expression(*element.condition, names) : "");
  }
  text += shown_text(node.shown);
  for (const function::Expression& measure : node.measures) {
    text += " measure " + describe_expression(measure, names);
  }
  return text + (node.steps.empty() ? "" : " in " + node.written_pattern);
}

std::string text_of(const Node& node) {
  switch (node.kind) {
    case NodeKind::scan: return describe_scan(static_cast<const Scan&>(node));
    case NodeKind::filter:
      return "filter " + describe_expression(static_cast<const Filter&>(node).predicate,
                                             names_of(node.inputs[0]->schema));
    case NodeKind::project: return describe_project(static_cast<const Project&>(node));
    case NodeKind::window_table_function:
      return "window_table_function " +
             describe_window(static_cast<const WindowTableFunction&>(node).window);
    case NodeKind::window_aggregate:
      return describe_aggregate(static_cast<const WindowAggregate&>(node));
    case NodeKind::over_aggregate: return describe_over(static_cast<const OverAggregate&>(node));
    case NodeKind::rank: {
      const auto& rank = static_cast<const Rank&>(node);
      return (rank.purpose == Rank::Purpose::limit ? "limit" : "rank") + describe_rank(rank) +
             (leaves_in_the_end(rank) ? " in the end" : "") +
             (rank.replaces_by.empty() ? "" : " replaces by" + describe_columns(rank.replaces_by));
    }
    case NodeKind::resolve: return describe_resolve(static_cast<const Resolve&>(node));
    case NodeKind::match_recognize: return describe_match(static_cast<const MatchRecognize&>(node));
    case NodeKind::window_rank:
      return "window_rank" + describe_rank(static_cast<const WindowRank&>(node));
    case NodeKind::group_aggregate: {
      const auto& aggregate = static_cast<const GroupAggregate&>(node);
      return "group_aggregate by" + describe_columns(aggregate.keys) +
             (aggregate.mode == RuntimeMode::batch ? " in the end" : "") +
             describe_calls(aggregate.aggregates);
    }
    case NodeKind::expand: return describe_expand(static_cast<const Expand&>(node));
    case NodeKind::normalize: {
      const auto& normalize = static_cast<const Normalize&>(node);
      return "normalize by" + describe_columns(normalize.key) +
             (normalize.condition
                  ? " where " + describe_expression(*normalize.condition, names_of(node.schema))
                  : "");
    }
    case NodeKind::repeat:
      return "repeat " + std::to_string(static_cast<const Repeat&>(node).times);
    case NodeKind::to_changelog: return invocation_text(node);
    case NodeKind::from_changelog:
      return invocation_text(node) + " " +
             std::to_string(static_cast<const FromChangelog&>(node).op);
    case NodeKind::time_sort:
      return "time_sort" + describe_order(static_cast<const TimeSort&>(node).order_by);
    case NodeKind::final_rows:
      return "final_sort" + describe_order(static_cast<const FinalRows&>(node).order_by);
    case NodeKind::unnest: {
      const auto& unnest = static_cast<const Unnest&>(node);
      return "unnest " + std::to_string(unnest.collection) +
             (unnest.keeps_empty ? " keeping empty" : "") +
             (unnest.with_ordinality ? " numbered" : "") +
             (unnest.condition
                  ? " where " + describe_expression(*unnest.condition, names_of(node.schema))
                  : "");
    }
    case NodeKind::union_all: return "union_all";
    case NodeKind::values: return "values " + describe_rows(static_cast<const Values&>(node));
    case NodeKind::join: return describe_join(static_cast<const Join&>(node));
    case NodeKind::sink: return describe_sink(static_cast<const Sink&>(node));
  }
  return {};
}

}  // namespace

std::string fingerprint(const Plan& plan) {
  // State that expires has its times with it.
  std::string text = expires(plan) ? "state expires\n" : "";
  for (const auto& node : plan.nodes) {
    text += text_of(*node) + " from";
    for (const Node* input : node->inputs) {
      const auto found = std::find_if(plan.nodes.begin(), plan.nodes.end(),
                                      [&](const auto& other) { return other.get() == input; });
      text += " " + std::to_string(found - plan.nodes.begin());
    }
    for (size_t i = 0; i < node->state_ttl.size(); ++i) {
      text += node->state_ttl[i] ? " expiring " + std::to_string(i) : "";
    }
    text += " to";
    for (const Field& field : node->schema.fields) {
      text += " " + field.name + " " + field.type.to_string() + ",";
    }
    text += "\n";
  }
  return text;
}

std::string first_difference(std::string_view before, std::string_view now) {
  const auto line = [](std::string_view& text) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view first = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return first;
  };
  while (!before.empty() || !now.empty()) {
    const std::string_view was = line(before);
    const std::string_view is = line(now);
    if (was != is) {
      return "was '" + std::string(was) + "', is '" + std::string(is) + "'";
    }
  }
  return {};
}

}  // namespace millrace::plan
