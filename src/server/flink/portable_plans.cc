// What of a plan is not Flink's.

#include <span>

#include "plan/rules/changelog/changelog.h"
#include "plan/written_key.h"
#include "server/flink/portability.h"

namespace millrace::server::flink {

// Rows that are only inserted, into a table by its key: here the last one wins without a word. What
// nobody keeps has no key in Flink.
static bool lacks_on_conflict(const plan::Sink& sink) {
  const plan::Node& input = *sink.inputs[0];
  return plan::is_written_by_key(*sink.table) && sink.table->option("connector") != "blackhole" &&
         sink.on_conflict == plan::OnConflict::unspecified &&
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
      findings.push_back({Weight::refused, match.position,
                          "PATTERN (" + match.written_pattern +
                              ") of MATCH_RECOGNIZE is not one of Flink's, which refuses it or "
                              "takes no notice of its anchors"});
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

// Flink compares no bytes.
static void look_at_distinct(const plan::Plan& plan, std::vector<Finding>& findings) {
  for (const auto& node : plan.nodes) {
    for (const plan::AggregateCall& call : calls_of(*node)) {
      const bool is_bytes = call.arguments.size() == 1 && call.function->arguments[0].is_binary();
      if (call.distinct && is_bytes) {
        findings.push_back({Weight::refused, plan.sinks.front()->position,
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

std::vector<Finding> findings_in_plan(const plan::Plan& plan) {
  std::vector<Finding> findings;
  look_at_patterns(plan, findings);
  look_at_lookups(plan, findings);
  look_at_distinct(plan, findings);
  look_at_sinks(plan, findings);
  return findings;
}

}  // namespace millrace::server::flink
