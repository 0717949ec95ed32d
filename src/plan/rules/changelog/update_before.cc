// Whether the -U ahead of a +U is wanted.

#include <algorithm>
#include <set>

#include "plan/columns.h"
#include "plan/rules/changelog/changelog.h"
#include "plan/written_key.h"

namespace millrace::plan {

namespace {

bool has_same_columns(const std::vector<size_t>& a, const std::vector<size_t>& b) {
  return contains_all(a, b) && contains_all(b, a);
}

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
  // Whether the right side's changes leave no changes behind the join.
  static bool looks_up(const Join& node) {
    return node.is_by(Join::Times::Rule::current) || node.is_by(Join::Times::Rule::version);
  }
  void want_of_others(const Node& node) {
    const bool looks_up =
        node.kind == NodeKind::join && UpdateBefore::looks_up(static_cast<const Join&>(node));
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
      // Which words there are is known when they come.
      case NodeKind::from_changelog: return false;
      case NodeKind::join: return can_be_without(static_cast<const Join&>(node));
      case NodeKind::scan:
      case NodeKind::values:
      case NodeKind::rank:
      case NodeKind::resolve:
      case NodeKind::over_aggregate:
      case NodeKind::to_changelog:
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
    if (looks_up(node)) {
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
    const auto& keys = filter.inputs[0]->upsert_keys;
    return std::any_of(keys.begin(), keys.end(),
                       [&](const auto& key) { return contains_all(key, used); });
  }

  // Consumers have asked already.
  void ask_inputs(const Node& node) {
    switch (node.kind) {
      case NodeKind::scan:
      case NodeKind::values:
      case NodeKind::from_changelog:
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
      case NodeKind::rank:
        if (static_cast<const Rank&>(node).replaces_by.empty()) {
          want_of_inputs(node);
        }
        return;
      case NodeKind::to_changelog:
      // To take a row back, an operator must be told which.
      case NodeKind::resolve:
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
    } else if (node.kind != NodeKind::scan && node.kind != NodeKind::from_changelog) {
      node.changelog.update_before = is_wanted_of(node);
    }
  }

  Plan& plan_;
  std::set<const Node*> wanted_;
};

}  // namespace

void settle_update_before(Plan& plan) { UpdateBefore(plan).run(); }

}  // namespace millrace::plan
