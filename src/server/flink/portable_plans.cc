// What of a plan is not Flink's.

#include <algorithm>
#include <array>
#include <span>

#include "plan/bind/grouping_sets.h"
#include "plan/rules/changelog/changelog.h"
#include "plan/written_key.h"
#include "server/flink/portability.h"

namespace millrace::server::flink {

namespace {

// Changes that were rows go into a table by its key as they come, in Flink too.
bool is_from_changelog(const plan::Node& node) {
  return node.kind == plan::NodeKind::from_changelog ||
         ((node.kind == plan::NodeKind::project || node.kind == plan::NodeKind::filter) &&
          is_from_changelog(*node.inputs[0]));
}

// Rows that are only inserted, into a table by its key: here the last one wins without a word. What
// nobody keeps has no key in Flink.
bool lacks_on_conflict(const plan::Sink& sink) {
  const plan::Node& input = *sink.inputs[0];
  return plan::is_written_by_key(*sink.table) && sink.table->option("connector") != "blackhole" &&
         sink.on_conflict == plan::OnConflict::unspecified && !is_from_changelog(input) &&
         !plan::is_unique_within(input, plan::written_key(*sink.table));
}

// Its connector stands where an option does not.
const Position& place_in(const catalog::Table& table) {
  return table.options.at("connector").position;
}

std::span<const plan::AggregateCall> calls_of(const plan::Node& node) {
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

class PlanCheck {
 public:
  PlanCheck(const plan::Plan& plan, const Position& begin)
      : plan_(plan), at_(plan.sinks.size() == 1 ? plan.sinks.front()->position : begin) {}

  std::vector<Finding> findings() {
    for (const auto& node : plan_.nodes) {
      look_at(*node);
      look_at_distinct(calls_of(*node));
    }
    for (const plan::Sink* sink : plan_.sinks) {
      look_at(*sink);
    }
    return std::move(findings_);
  }

 private:
  void look_at(const plan::Node& node) {
    using plan::NodeKind;
    switch (node.kind) {
      case NodeKind::scan: return look_at(static_cast<const plan::Scan&>(node));
      case NodeKind::join: return look_at(static_cast<const plan::Join&>(node));
      case NodeKind::expand: return look_at(static_cast<const plan::Expand&>(node));
      case NodeKind::rank: return look_at(static_cast<const plan::Rank&>(node));
      case NodeKind::over_aggregate: return look_at(static_cast<const plan::OverAggregate&>(node));
      case NodeKind::window_aggregate:
        return look_at(static_cast<const plan::WindowAggregate&>(node));
      case NodeKind::match_recognize:
        return look_at(static_cast<const plan::MatchRecognize&>(node));
      case NodeKind::sink:  // of which there are those of the plan
      case NodeKind::filter:
      case NodeKind::project:
      case NodeKind::window_table_function:
      case NodeKind::group_aggregate:
      case NodeKind::normalize:
      case NodeKind::repeat:
      case NodeKind::to_changelog:
      case NodeKind::from_changelog:
      case NodeKind::time_sort:
      case NodeKind::final_rows:
      case NodeKind::unnest:
      case NodeKind::union_all:
      case NodeKind::values:
      case NodeKind::window_rank:
      case NodeKind::resolve: return;
    }
  }

  void refused(const Position& at, std::string what) {
    findings_.push_back({Weight::refused, at, std::move(what)});
  }
  void otherwise(const Position& at, std::string what) {
    findings_.push_back({Weight::otherwise, at, std::move(what)});
  }

  // --- Sources ---

  // What Flink's connectors of Kafka ask for and this one can do without; and what its batch mode
  // does of changes, and of tables whose end it does not know.
  void look_at(const plan::Scan& scan) {
    constexpr const char* kOfGroup = "group-offsets";
    const catalog::Table& table = *scan.table;
    if (table.connector() == "kafka" && table.option("scan.startup.mode", kOfGroup) == kOfGroup &&
        table.option("properties.group.id").empty()) {
      refused(place_in(table), "Flink asks for 'properties.group.id' where table '" + table.name +
                                   "' is read from where its group has come, as it is without "
                                   "'scan.startup.mode': write one of them");
    }
    if (scan.mode != plan::RuntimeMode::batch) {
      return;
    }
    if (table.connector() == "datagen" && table.option("number-of-rows").empty()) {
      refused(place_in(table),
              "Flink's batch mode reads tables that end, and asks for 'number-of-rows' of table '" +
                  table.name + "'");
    }
    if (table.gives != catalog::Changes::inserts) {
      refused(at_, "Flink's batch mode reads tables of rows that are only inserted, and table '" +
                       table.name + "' has changes: read it as a stream");
    }
  }

  // --- Joins ---

  void look_at(const plan::Join& join) {
    // Of the connectors that there are here Flink looks none up.
    if (join.is_by(plan::Join::Times::Rule::current)) {
      refused(join.position,
              "Flink looks up no tables of this connector: a join FOR SYSTEM_TIME AS OF a "
              "processing time needs one of a store, as 'jdbc'; one of event time takes any table "
              "of versions");
    }
    // An old row is taken back without a word where the new one meets no version.
    if (join.is_by(plan::Join::Times::Rule::version) && join.inputs[0]->changelog.updates &&
        (!join.keeps_left() || join.condition) &&
        plan_.sinks.front()->table->takes == catalog::Changes::upserts) {
      otherwise(join.position,
                "Flink leaves rows in a table of upserts whose new state meets no version in this "
                "join: join rows that are only inserted");
    }
  }

  // --- Groups and orders ---

  void look_at(const plan::Expand& expand) {
    if (!plan::flink_plans(expand.sets)) {
      refused(at_,
              "Flink cannot plan a grouping set that is here twice: write GROUPING SETS with each "
              "of them once");
    }
  }

  // Of a Top-N that does not begin with the first row Flink loses track where rows change.
  void look_at(const plan::Rank& rank) {
    if (rank.start > 1 && !rank.number && !rank.inputs[0]->changelog.insert_only()) {
      otherwise(at_,
                "Flink loses rows of OFFSET, and of a filter on ROW_NUMBER() that leaves out the "
                "first one, over rows that change: select the number as well");
    }
  }

  // What its batch mode cannot compile.
  void look_at(const plan::OverAggregate& over) {
    if (over.mode != plan::RuntimeMode::batch) {
      return;
    }
    for (const plan::AggregateCall& call : over.calls) {
      const bool is_shift = call.function->name == "LAG" || call.function->name == "LEAD";
      if (is_shift && call.function->result.physical() == Physical::nested) {
        refused(over.window.position,
                "Flink has no LAG and LEAD of ROWs and arrays in batch mode: take their parts");
      }
    }
    const plan::OverWindow& window = over.window;
    const bool has_distance =
        window.preceding.value_or(0) != 0 || window.following.value_or(0) != 0;
    if (window.unit == plan::FrameUnit::range && has_distance &&
        over.schema[window.order_by.front().column].type.is_timestamp()) {
      refused(window.position,
              "Flink cannot compile a RANGE of times in batch mode: order by a number, as "
              "TIMESTAMPDIFF gives it, or run it as a stream");
    }
  }

  // Of windows that are made of parts, or grow together, it merges what it has gathered.
  void look_at(const plan::WindowAggregate& groups) {
    if (groups.window.kind == plan::WindowKind::tumble) {
      return;
    }
    constexpr std::array<std::string_view, 3> kWithout = {"FIRST_VALUE", "LAST_VALUE",
                                                          "JSON_ARRAYAGG"};
    bool sums_distinct = false;
    bool filters = false;
    for (const plan::AggregateCall& call : groups.aggregates) {
      const std::string& name = call.function->name;
      if (std::find(kWithout.begin(), kWithout.end(), name) != kWithout.end()) {
        refused(groups.position,
                "Flink has no " + name +
                    " of windows by HOP, CUMULATE and SESSION, as it cannot merge two");
      }
      sums_distinct = sums_distinct || (call.distinct && name == "SUM");
      filters = filters || call.filter.has_value();
    }
    if (groups.window.kind == plan::WindowKind::hop && sums_distinct && filters) {
      refused(groups.position,
              "Flink cannot plan FILTER beside SUM(DISTINCT) of windows by HOP: write CASE WHEN in "
              "place of FILTER");
    }
  }

  // It compares no bytes.
  void look_at_distinct(std::span<const plan::AggregateCall> calls) {
    for (const plan::AggregateCall& call : calls) {
      const bool is_bytes = call.arguments.size() == 1 && call.function->arguments[0].is_binary();
      if (call.distinct && is_bytes) {
        refused(at_, "Flink's DISTINCT takes no bytes: " + call.name +
                         " is to be of text, as HEX or TO_BASE64 give it");
      }
    }
  }

  // --- Patterns ---

  void look_at(const plan::MatchRecognize& match) {
    // Of groups and branches, with variables that come back, or ends that Flink has not.
    if (!match.steps.empty()) {
      const bool has_anchors = match.written_pattern.find_first_of("^$") != std::string::npos;
      findings_.push_back({has_anchors ? Weight::otherwise : Weight::refused, match.position,
                           "PATTERN (" + match.written_pattern +
                               ") of MATCH_RECOGNIZE is not one of Flink's, which refuses it or "
                               "takes no notice of its anchors"});
    }
    // An order that is not Flink's own for NULL, on which its planner fails.
    if (std::any_of(match.order_by.begin(), match.order_by.end(),
                    [](const plan::SortKey& key) { return key.nulls_last != key.descending; })) {
      refused(match.position,
              "Flink's planner fails on NULLS FIRST and NULLS LAST in ORDER BY of "
              "MATCH_RECOGNIZE: leave them out");
    }
  }

  // --- Sinks ---

  void look_at(const plan::Sink& sink) {
    const catalog::Table& table = *sink.table;
    if (table.option("sink.delivery-guarantee") == "exactly-once" &&
        table.option("sink.transactional-id-prefix").empty()) {
      refused(place_in(table),
              "Flink asks for 'sink.transactional-id-prefix' where 'sink.delivery-guarantee' of "
              "table '" +
                  table.name + "' is exactly-once");
    }
    if (lacks_on_conflict(sink)) {
      refused(sink.position,
              "Flink asks for a clause here, as nothing says that the query has one row for each "
              "key of table '" +
                  table.name +
                  "': ON CONFLICT DO DEDUPLICATE lets the last row win, as it does here without "
                  "it");
    }
  }

  const plan::Plan& plan_;
  const Position& at_;  // of what stands nowhere in particular
  std::vector<Finding> findings_;
};

}  // namespace

Finding finding_of(const plan::BeyondFlink& note) {
  const bool is_refused = note.flink == plan::BeyondFlink::Flink::refuses;
  return {is_refused ? Weight::refused : Weight::otherwise, note.position, note.what};
}

std::vector<Finding> findings_in_plan(const plan::Plan& plan, const Position& begin) {
  return PlanCheck(plan, begin).findings();
}

}  // namespace millrace::server::flink
