// What of a plan is not Flink's.

#include <algorithm>
#include <array>
#include <span>

#include "plan/bind/grouping_sets.h"
#include "plan/rules/changelog/changelog.h"
#include "plan/written_key.h"
#include "server/flink/portability.h"

namespace millrace::server::flink {

// Changes that were rows go into a table by its key as they come, in Flink too.
static bool is_from_changelog(const plan::Node& node) {
  return node.kind == plan::NodeKind::from_changelog ||
         ((node.kind == plan::NodeKind::project || node.kind == plan::NodeKind::filter) &&
          is_from_changelog(*node.inputs[0]));
}

// Rows that are only inserted, into a table by its key: here the last one wins without a word. What
// nobody keeps has no key in Flink.
static bool lacks_on_conflict(const plan::Sink& sink) {
  const plan::Node& input = *sink.inputs[0];
  return plan::is_written_by_key(*sink.table) && sink.table->option("connector") != "blackhole" &&
         sink.on_conflict == plan::OnConflict::unspecified && !is_from_changelog(input) &&
         !plan::is_unique_within(input, plan::written_key(*sink.table));
}

// Patterns of groups and branches, with variables that come back, or ends that Flink has not.
static void look_at_patterns(const plan::Plan& plan, std::vector<Finding>& findings) {
  for (const auto& node : plan.nodes) {
    if (node->kind != plan::NodeKind::match_recognize) {
      continue;
    }
    const auto& match = static_cast<const plan::MatchRecognize&>(*node);
    if (!match.steps.empty()) {
      const bool has_anchors = match.written_pattern.find_first_of("^$") != std::string::npos;
      findings.push_back({has_anchors ? Weight::otherwise : Weight::refused, match.position,
                          "PATTERN (" + match.written_pattern +
                              ") of MATCH_RECOGNIZE is not one of Flink's, which refuses it or "
                              "takes no notice of its anchors"});
    }
  }
}

// An order that is not Flink's own for NULL, on which its planner fails.
static void look_at_pattern_orders(const plan::Plan& plan, std::vector<Finding>& findings) {
  for (const auto& node : plan.nodes) {
    if (node->kind != plan::NodeKind::match_recognize) {
      continue;
    }
    const auto& match = static_cast<const plan::MatchRecognize&>(*node);
    if (std::any_of(match.order_by.begin(), match.order_by.end(),
                    [](const plan::SortKey& key) { return key.nulls_last != key.descending; })) {
      findings.push_back({Weight::refused, match.position,
                          "Flink's planner fails on NULLS FIRST and NULLS LAST in ORDER BY of "
                          "MATCH_RECOGNIZE: leave them out"});
    }
  }
}

// Of the connectors that there are here Flink looks none up.
static void look_at_lookups(const plan::Plan& plan, std::vector<Finding>& findings) {
  for (const auto& node : plan.nodes) {
    if (node->kind != plan::NodeKind::join) {
      continue;
    }
    const auto& join = static_cast<const plan::Join&>(*node);
    if (join.is_by(plan::Join::Times::Rule::current)) {
      findings.push_back(
          {Weight::refused, join.position,
           "Flink looks up no tables of this connector: a join FOR SYSTEM_TIME AS OF a processing "
           "time needs one of a store, as 'jdbc'; one of event time takes any table of versions"});
    }
  }
}

static void look_at_shifts(const plan::OverAggregate& over, std::vector<Finding>& findings) {
  for (const plan::AggregateCall& call : over.calls) {
    const bool is_shift = call.function->name == "LAG" || call.function->name == "LEAD";
    if (is_shift && call.function->result.physical() == Physical::nested) {
      findings.push_back({Weight::refused, over.window.position,
                          "Flink has no LAG and LEAD of ROWs and arrays in batch mode: take their "
                          "parts"});
    }
  }
}

// What Flink's batch mode cannot compile of OVER.
static void look_at_windows(const plan::Plan& plan, std::vector<Finding>& findings) {
  for (const auto& node : plan.nodes) {
    if (node->kind != plan::NodeKind::over_aggregate) {
      continue;
    }
    const auto& over = static_cast<const plan::OverAggregate&>(*node);
    if (over.mode != plan::RuntimeMode::batch) {
      continue;
    }
    look_at_shifts(over, findings);
    const plan::OverWindow& window = over.window;
    const bool has_distance =
        window.preceding.value_or(0) != 0 || window.following.value_or(0) != 0;
    if (window.unit == plan::FrameUnit::range && has_distance &&
        node->schema[window.order_by.front().column].type.is_timestamp()) {
      findings.push_back({Weight::refused, window.position,
                          "Flink cannot compile a RANGE of times in batch mode: order by a number, "
                          "as TIMESTAMPDIFF gives it, or run it as a stream"});
    }
  }
}

static std::span<const plan::AggregateCall> calls_of(const plan::Node& node) {
  if (node.kind == plan::NodeKind::group_aggregate) {
    return static_cast<const plan::GroupAggregate&>(node).aggregates;
  }
  if (node.kind == plan::NodeKind::window_aggregate) {
    return static_cast<const plan::WindowAggregate&>(node).aggregates;
  }
  if (node.kind == plan::NodeKind::over_aggregate) {
    return static_cast<const plan::OverAggregate&>(node).calls;
  }
  return {};
}

// Of windows that are made of parts, or grow together, Flink merges what it has gathered.
static void look_at_merged(const plan::WindowAggregate& groups, std::vector<Finding>& findings) {
  constexpr std::array<std::string_view, 3> kWithout = {"FIRST_VALUE", "LAST_VALUE",
                                                        "JSON_ARRAYAGG"};
  bool sums_distinct = false;
  bool filters = false;
  for (const plan::AggregateCall& call : groups.aggregates) {
    const std::string& name = call.function->name;
    if (std::find(kWithout.begin(), kWithout.end(), name) != kWithout.end()) {
      findings.push_back({Weight::refused, groups.position,
                          "Flink has no " + name +
                              " of windows by HOP, CUMULATE and SESSION, as it cannot merge two"});
    }
    sums_distinct = sums_distinct || (call.distinct && name == "SUM");
    filters = filters || call.filter.has_value();
  }
  if (groups.window.kind == plan::WindowKind::hop && sums_distinct && filters) {
    findings.push_back({Weight::refused, groups.position,
                        "Flink cannot plan FILTER beside SUM(DISTINCT) of windows by HOP: write "
                        "CASE WHEN in place of FILTER"});
  }
}

static void look_at_groups(const plan::Plan& plan, std::vector<Finding>& findings) {
  for (const auto& node : plan.nodes) {
    if (node->kind == plan::NodeKind::window_aggregate) {
      const auto& groups = static_cast<const plan::WindowAggregate&>(*node);
      if (groups.window.kind != plan::WindowKind::tumble) {
        look_at_merged(groups, findings);
      }
    }
  }
}

// Flink compares no bytes.
static void look_at_distinct(const plan::Plan& plan, const Position& at,
                             std::vector<Finding>& findings) {
  for (const auto& node : plan.nodes) {
    for (const plan::AggregateCall& call : calls_of(*node)) {
      const bool is_bytes = call.arguments.size() == 1 && call.function->arguments[0].is_binary();
      if (call.distinct && is_bytes) {
        findings.push_back({Weight::refused, at,
                            "Flink's DISTINCT takes no bytes: " + call.name +
                                " is to be of text, as HEX or TO_BASE64 give it"});
      }
    }
  }
}

static void look_at_sinks(const plan::Plan& plan, std::vector<Finding>& findings) {
  for (const plan::Sink* sink : plan.sinks) {
    if (lacks_on_conflict(*sink)) {
      findings.push_back({Weight::refused, sink->position,
                          "Flink asks for a clause here, as nothing says that the query has one "
                          "row for each key of table '" +
                              sink->table->name +
                              "': ON CONFLICT DO DEDUPLICATE lets the last row win, as it does "
                              "here without it"});
    }
  }
}

// Its connector stands where an option does not.
static const Position& place_in(const catalog::Table& table) {
  return table.options.at("connector").position;
}

// What Flink's connectors of Kafka ask for and this one can do without.
static void look_at_topics(const plan::Plan& plan, std::vector<Finding>& findings) {
  constexpr const char* kOfGroup = "group-offsets";
  for (const auto& node : plan.nodes) {
    const catalog::Table* read = node->kind == plan::NodeKind::scan
                                     ? static_cast<const plan::Scan&>(*node).table.get()
                                     : nullptr;
    if (read != nullptr && read->connector() == "kafka" &&
        read->option("scan.startup.mode", kOfGroup) == kOfGroup &&
        read->option("properties.group.id").empty()) {
      findings.push_back({Weight::refused, place_in(*read),
                          "Flink asks for 'properties.group.id' where table '" + read->name +
                              "' is read from where its group has come, as it is without "
                              "'scan.startup.mode': write one of them"});
    }
  }
  for (const plan::Sink* sink : plan.sinks) {
    const catalog::Table& written = *sink->table;
    if (written.option("sink.delivery-guarantee") == "exactly-once" &&
        written.option("sink.transactional-id-prefix").empty()) {
      findings.push_back({Weight::refused, place_in(written),
                          "Flink asks for 'sink.transactional-id-prefix' where "
                          "'sink.delivery-guarantee' of table '" +
                              written.name + "' is exactly-once"});
    }
  }
}

// Of a table that is read as a stream there are changes; and a sequence's end is none of its table
// to Flink.
static void look_at_batches(const plan::Plan& plan, const Position& at,
                            std::vector<Finding>& findings) {
  for (const auto& node : plan.nodes) {
    const auto* scan =
        node->kind == plan::NodeKind::scan ? static_cast<const plan::Scan*>(node.get()) : nullptr;
    if (scan == nullptr || scan->mode != plan::RuntimeMode::batch) {
      continue;
    }
    if (scan->table->connector() == "datagen" && scan->table->option("number-of-rows").empty()) {
      findings.push_back({Weight::refused, place_in(*scan->table),
                          "Flink's batch mode reads tables that end, and asks for "
                          "'number-of-rows' of table '" +
                              scan->table->name + "'"});
    }
    if (scan->table->gives != catalog::Changes::inserts) {
      findings.push_back({Weight::refused, at,
                          "Flink's batch mode reads tables of rows that are only inserted, and "
                          "table '" +
                              scan->table->name + "' has changes: read it as a stream"});
    }
  }
}

static void look_at_grouping_sets(const plan::Plan& plan, const Position& at,
                                  std::vector<Finding>& findings) {
  for (const auto& node : plan.nodes) {
    if (node->kind == plan::NodeKind::expand &&
        !plan::flink_plans(static_cast<const plan::Expand&>(*node).sets)) {
      findings.push_back(
          {Weight::refused, at,
           "Flink cannot plan a grouping set that is here twice: write GROUPING SETS "
           "with each of them once"});
    }
  }
}

// Of a Top-N that does not begin with the first row Flink loses track where rows change.
static void look_at_ranks(const plan::Plan& plan, const Position& at,
                          std::vector<Finding>& findings) {
  for (const auto& node : plan.nodes) {
    const auto* rank =
        node->kind == plan::NodeKind::rank ? static_cast<const plan::Rank*>(node.get()) : nullptr;
    if (rank != nullptr && rank->start > 1 && !rank->number &&
        !rank->inputs[0]->changelog.insert_only()) {
      findings.push_back({Weight::otherwise, at,
                          "Flink loses rows of OFFSET, and of a filter on ROW_NUMBER() that leaves "
                          "out the first one, over rows that change: select the number as well"});
    }
  }
}

// An old row is taken back without a word where the new one meets no version.
static void look_at_versions(const plan::Plan& plan, std::vector<Finding>& findings) {
  for (const auto& node : plan.nodes) {
    const auto* join =
        node->kind == plan::NodeKind::join ? static_cast<const plan::Join*>(node.get()) : nullptr;
    if (join != nullptr && join->is_by(plan::Join::Times::Rule::version) &&
        join->inputs[0]->changelog.updates && (!join->keeps_left() || join->condition) &&
        plan.sinks.front()->table->takes == catalog::Changes::upserts) {
      findings.push_back(
          {Weight::otherwise, join->position,
           "Flink leaves rows in a table of upserts whose new state meets no version "
           "in this join: join rows that are only inserted"});
    }
  }
}

Finding finding_of(const plan::BeyondFlink& note) {
  const bool is_refused = note.flink == plan::BeyondFlink::Flink::refuses;
  return {is_refused ? Weight::refused : Weight::otherwise, note.position, note.what};
}

std::vector<Finding> findings_in_plan(const plan::Plan& plan, const Position& begin) {
  std::vector<Finding> findings;
  // What stands nowhere in particular.
  const Position& at = plan.sinks.size() == 1 ? plan.sinks.front()->position : begin;
  look_at_patterns(plan, findings);
  look_at_pattern_orders(plan, findings);
  look_at_lookups(plan, findings);
  look_at_topics(plan, findings);
  look_at_batches(plan, at, findings);
  look_at_windows(plan, findings);
  look_at_grouping_sets(plan, at, findings);
  look_at_ranks(plan, at, findings);
  look_at_versions(plan, findings);
  look_at_groups(plan, findings);
  look_at_distinct(plan, at, findings);
  look_at_sinks(plan, findings);
  return findings;
}

}  // namespace millrace::server::flink
