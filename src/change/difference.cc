#include "change/difference.h"

#include <algorithm>
#include <map>
#include <set>

#include "change/sameness.h"
#include "connector/topic/options.h"
#include "function/scalar.h"
#include "plan/explain.h"
#include "plan/explain_state.h"
#include "plan/fingerprint.h"
#include "plan/node_text.h"
#include "plan/session/terms.h"
#include "topic/store.h"

namespace millrace::change {

namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines lines;
  for (size_t from = 0; from < text.size();) {
    const size_t end = std::min(text.find('\n', from), text.size());
    lines.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  return lines;
}

// The lengths of the longest common tails, by the first line of each.
std::vector<std::vector<size_t>> common_tails(const Lines& before, const Lines& now) {
  std::vector<std::vector<size_t>> common(before.size() + 1, std::vector<size_t>(now.size() + 1));
  for (size_t i = before.size(); i-- > 0;) {
    for (size_t j = now.size(); j-- > 0;) {
      common[i][j] = before[i] == now[j] ? common[i + 1][j + 1] + 1
                                         : std::max(common[i + 1][j], common[i][j + 1]);
    }
  }
  return common;
}

void find_volatile(const function::Expression& expression, std::set<std::string>& found) {
  if (expression.signature != nullptr &&
      expression.signature->volatility != function::Volatility::immutable) {
    found.insert(expression.signature->name);
  }
  for (const function::Expression& argument : expression.arguments) {
    find_volatile(argument, found);
  }
}

template <typename Expressions>
void find_in_all(const Expressions& expressions, std::set<std::string>& found) {
  for (const function::Expression& expression : expressions) {
    find_volatile(expression, found);
  }
}

// Those of the node's expressions that rows pass through.
std::set<std::string> volatile_calls(const plan::Node& node) {
  std::set<std::string> found;
  if (node.kind == plan::NodeKind::scan) {
    find_in_all(static_cast<const plan::Scan&>(node).computed, found);
  } else if (node.kind == plan::NodeKind::filter) {
    find_volatile(static_cast<const plan::Filter&>(node).predicate, found);
  } else if (node.kind == plan::NodeKind::project) {
    find_in_all(static_cast<const plan::Project&>(node).expressions, found);
  } else if (node.kind == plan::NodeKind::match_recognize) {
    find_in_all(static_cast<const plan::MatchRecognize&>(node).measures, found);
  } else if (node.kind == plan::NodeKind::join) {
    if (const auto& condition = static_cast<const plan::Join&>(node).condition) {
      find_volatile(*condition, found);
    }
  }
  return found;
}

Json array_of(const Lines& lines) {
  Json array = Json::array();
  for (const std::string& line : lines) {
    array.push(line);
  }
  return array;
}

Json state_json(const plan::Plan& plan) {
  Json state = Json::array();
  for (const plan::KeptState& kept : plan::kept_state(plan)) {
    state.push(Json::object({{"operator", plan::line_of(*kept.node)},
                             {"keeps", kept.what},
                             {"until", kept.until.empty() ? Json() : Json(kept.until)}}));
  }
  return state;
}

std::set<std::string> names_in(const catalog::Table& table, const topic::Store& topics) {
  const auto names = connector::TopicNames::from(table).in(topics);
  return {names.begin(), names.end()};
}

Json topics_json(const plan::Plan& plan, const topic::Store& topics) {
  std::set<std::string> names;
  for (const auto& node : plan.nodes) {
    if (node->kind == plan::NodeKind::scan) {
      const catalog::Table& table = *static_cast<const plan::Scan&>(*node).table;
      if (connector::is_topic(table)) {
        names.merge(names_in(table, topics));
      }
    }
  }
  Json all = Json::array();
  for (const std::string& name : names) {
    const auto topic = topics.find(name);
    for (size_t i = 0; topic != nullptr && i < topic->partitions.size(); ++i) {
      if (const auto& partition = topic->partitions[i]; partition != nullptr) {
        all.push(Json::object({{"topic", name},
                               {"partition", static_cast<int64_t>(i)},
                               {"from", partition->start_offset().value},
                               {"to", partition->end_offset().value}}));
      }
    }
  }
  return all;
}

}  // namespace

std::vector<std::string> difference_of_lines(const std::string& before, const std::string& now) {
  const Lines old_lines = lines_of(before);
  const Lines new_lines = lines_of(now);
  const auto common = common_tails(old_lines, new_lines);
  Lines all;
  size_t i = 0;
  size_t j = 0;
  while (i < old_lines.size() || j < new_lines.size()) {
    if (i < old_lines.size() && j < new_lines.size() && old_lines[i] == new_lines[j]) {
      all.push_back("  " + old_lines[i++]);
      ++j;
    } else if (j == new_lines.size() ||
               (i < old_lines.size() && common[i + 1][j] >= common[i][j + 1])) {
      all.push_back("- " + old_lines[i++]);
    } else {
      all.push_back("+ " + new_lines[j++]);
    }
  }
  return all;
}

std::vector<std::string> not_repeatable(const plan::Plan& plan) {
  Lines found;
  for (const auto& node : plan.nodes) {
    for (const std::string& call : volatile_calls(*node)) {
      found.push_back(call + " in " + plan::line_of(*node));
    }
  }
  return found;
}

std::vector<std::string> begun_anew(const plan::Plan& plan) {
  Lines found;
  for (const auto& node : plan.nodes) {
    if (node->kind != plan::NodeKind::scan) {
      continue;
    }
    const catalog::Table& table = *static_cast<const plan::Scan&>(*node).table;
    if (!connector::is_topic(table)) {
      continue;
    }
    const connector::StartupMode startup = connector::startup_of(table);
    if (startup == connector::StartupMode::latest ||
        startup == connector::StartupMode::group_offsets) {
      found.push_back("table '" + table.name + "' begins at '" +
                      table.option("scan.startup.mode", "group-offsets") +
                      "'; the new version reads " + connector::TopicNames::from(table).text() +
                      " from the beginning all the same");
    }
  }
  return found;
}

std::vector<std::string> difference_of_terms(const plan::Job& before, const plan::Job& now) {
  using Terms = std::vector<plan::Term>;
  const Terms old_terms = plan::terms_of(before);
  const Terms new_terms = plan::terms_of(now);
  std::map<std::pair<std::string, size_t>, std::set<std::string>> found;  // by name, old ones first
  const auto add = [&](const Terms& terms, const Terms& others, size_t place, const char* sign) {
    for (const plan::Term& term : terms) {
      if (std::find(others.begin(), others.end(), term) == others.end()) {
        found[{term.name, place}].insert(sign + term.shown());
      }
    }
  };
  add(old_terms, new_terms, 0, "- ");
  add(new_terms, old_terms, 1, "+ ");
  Lines lines;
  for (const auto& [of, shown] : found) {
    lines.insert(lines.end(), shown.begin(), shown.end());
  }
  return lines;
}

Json difference(const plan::Job& before, const plan::Job& now, const topic::Store& topics) {
  const bool keeps_state = sameness(before, now) != Sameness::none;
  const plan::Plan nothing;
  const plan::Plan& built = keeps_state ? nothing : *now.plan;
  const std::string old_tree = plan::explain(*before.plan);
  const std::string new_tree = plan::explain(*now.plan);
  return Json::object(
      {{"plan",
        old_tree == new_tree ? Json::array() : array_of(difference_of_lines(old_tree, new_tree))},
       {"first_difference",
        plan::first_difference(plan::fingerprint(*before.plan), plan::fingerprint(*now.plan))},
       {"terms", array_of(difference_of_terms(before, now))},
       {"keeps_state", keeps_state},
       {"state", state_json(built)},
       {"input", topics_json(built, topics)},
       {"not_repeatable", array_of(not_repeatable(built))},
       {"begun_anew", array_of(begun_anew(built))}});
}

}  // namespace millrace::change
