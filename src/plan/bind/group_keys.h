#pragma once

// The keys of GROUP BY, and the grouping sets that they stand in.

#include <optional>
#include <string>
#include <vector>

#include "plan/bind/group_input.h"
#include "plan/bind/grouping_sets.h"
#include "plan/bind/projected_below.h"

namespace millrace::plan {

class GroupKeys {
 public:
  // `ahead` are columns of the scope to group by ahead of what is `written`. All that is given
  // outlives this, but for `ahead`. The bounds of a window are no keys: they are in every set.
  GroupKeys(const Scope& scope, const GroupInput& input, const std::vector<size_t>& ahead,
            const std::vector<sql::Grouping>& written, ProjectedBelow& below);

  size_t size() const { return keys_.size(); }
  bool has_sets() const { return sets_.size() > 1; }
  // Of the groups: the keys, and the number of the grouping set where there are several.
  size_t columns() const { return size() + (has_sets() ? 1 : 0); }
  function::Expression column(size_t key) const;

  // The key that is written so, the one that is this expression over the scope, and the one that
  // is this column of it.
  std::optional<size_t> find(const std::string& text) const;
  std::optional<size_t> find(const function::Expression& bound) const;
  std::optional<size_t> find_column(size_t column) const;
  // Columns of the projection below, by key.
  std::vector<size_t> below() const;
  // For each set, whether it has the key of that number.
  std::vector<std::vector<bool>> chosen() const;

  // GROUPING(key), GROUPING_ID(key, ...): a bit a key, 1 where the set does not have it.
  // GROUP_ID(): how many of the sets before the row's own are the same. Nothing for other calls.
  std::optional<function::Expression> grouping_call(const sql::FunctionCall& call) const;

 private:
  struct Key {
    std::string text;              // canonical, by which the select list finds it again
    function::Expression bound;    // over the scope
    std::optional<size_t> column;  // of the scope, if it is a plain one
    size_t below = 0;
    Type type;
  };

  std::vector<KeySet> sets_of(const sql::Grouping& grouping);
  std::vector<KeySet> member_sets(const sql::Grouping& grouping);
  KeySet key_of(const sql::Expression& written);
  // Nothing for a bound of the window.
  std::optional<size_t> number_of(const sql::Expression& written) const;
  int64_t grouping_of(const KeySet& set, const std::vector<std::optional<size_t>>& keys) const;
  function::Expression group_id(const Position& at) const;
  function::Expression by_set(const std::vector<int64_t>& values, const Position& at) const;

  const Scope& scope_;
  const GroupInput& input_;
  ProjectedBelow& below_;
  std::vector<Key> keys_;
  std::vector<KeySet> sets_;
};

}  // namespace millrace::plan
