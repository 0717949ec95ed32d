#include "plan/bind/group_keys.h"

#include <algorithm>

#include "plan/bind/bare_nulls.h"
#include "plan/bind/expressions.h"
#include "plan/bind/literals.h"
#include "plan/bind/window_functions.h"
#include "plan/columns.h"
#include "sql/printer.h"

namespace millrace::plan {

using function::Expression;

GroupKeys::GroupKeys(const Scope& scope, const GroupInput& input, const std::vector<size_t>& ahead,
                     const std::vector<sql::Grouping>& written, ProjectedBelow& below)
    : scope_(scope), input_(input), below_(below), sets_{{}} {
  for (const size_t column : ahead) {
    const Type& type = scope_[column].type;
    const Expression bound = Expression::of_column(column, type);
    keys_.push_back({"", bound, column, below_.number_of(bound), type});
  }
  for (const sql::Grouping& grouping : written) {
    sets_ = crossed(sets_, sets_of(grouping), grouping.position);
  }
}

// --- Binding ---

// The grouping sets that an element of GROUP BY stands for, of keys by number.
std::vector<KeySet> GroupKeys::sets_of(const sql::Grouping& grouping) {
  switch (grouping.kind) {
    case sql::Grouping::Kind::expression: return {key_of(*grouping.expression)};
    case sql::Grouping::Kind::set: return {joined(member_sets(grouping))};
    case sql::Grouping::Kind::rollup: return rolled_up(member_sets(grouping));
    case sql::Grouping::Kind::cube: return cubed(member_sets(grouping), grouping.position);
    case sql::Grouping::Kind::grouping_sets: {
      std::vector<KeySet> sets;
      for (const sql::Grouping& member : grouping.members) {
        for (KeySet& set : sets_of(member)) {
          sets.push_back(std::move(set));
        }
      }
      return sets;
    }
  }
  return {};
}

// Members of a list, a rollup or a cube are expressions and lists: one set each.
std::vector<KeySet> GroupKeys::member_sets(const sql::Grouping& grouping) {
  std::vector<KeySet> sets;
  for (const sql::Grouping& member : grouping.members) {
    if (member.kind != sql::Grouping::Kind::expression && member.kind != sql::Grouping::Kind::set) {
      throw Error(ErrorCode::syntax, "ROLLUP and CUBE take columns and lists of columns",
                  member.position);
    }
    sets.push_back(joined(sets_of(member)));
  }
  return sets;
}

KeySet GroupKeys::key_of(const sql::Expression& written) {
  if (input_.group_window != nullptr && group_window(written) == input_.group_window) {
    return {};
  }
  refuse_bare_null(written);
  const Expression bound = ExpressionBinder(&scope_).bind(written);
  if (input_.has_window && property_of(input_.rows, bound)) {
    return {};
  }
  const std::string text = sql::to_sql(written);
  if (const auto known = find(text)) {
    return {*known};
  }
  keys_.push_back({text, bound, is_column(bound) ? std::optional(bound.column) : std::nullopt,
                   below_.number_of(below_window(input_.rows, bound)), bound.type});
  return {keys_.size() - 1};
}

// --- The groups ---

Expression GroupKeys::column(size_t key) const {
  const Type& type = keys_[key].type;
  const bool each_has =
      !has_sets() ||
      std::all_of(sets_.begin(), sets_.end(), [&](const KeySet& set) { return set.contains(key); });
  return Expression::of_column(key, each_has ? type : type.as_nullable());
}

std::optional<size_t> GroupKeys::find(const std::string& text) const {
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (keys_[i].text == text) {
      return i;
    }
  }
  return std::nullopt;
}

std::optional<size_t> GroupKeys::find(const Expression& bound) const {
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (keys_[i].bound.equals(bound)) {
      return i;
    }
  }
  return std::nullopt;
}

std::optional<size_t> GroupKeys::find_column(size_t column) const {
  for (size_t i = 0; i < keys_.size(); ++i) {
    if (keys_[i].column == column) {
      return i;
    }
  }
  return std::nullopt;
}

std::vector<size_t> GroupKeys::below() const {
  std::vector<size_t> columns;
  for (const Key& key : keys_) {
    columns.push_back(key.below);
  }
  return columns;
}

std::vector<std::vector<bool>> GroupKeys::chosen() const {
  std::vector<std::vector<bool>> chosen;
  for (const KeySet& set : sets_) {
    std::vector<bool>& keys = chosen.emplace_back(keys_.size(), false);
    for (const size_t key : set) {
      keys[key] = true;
    }
  }
  return chosen;
}

// --- GROUPING ---

std::optional<Expression> GroupKeys::grouping_call(const sql::FunctionCall& call) const {
  if (sql::is_word(call.name.last().text, "GROUP_ID") && call.arguments.empty()) {
    return group_id(call.name.position());
  }
  if (!sql::is_word(call.name.last().text, "GROUPING") &&
      !sql::is_word(call.name.last().text, "GROUPING_ID")) {
    return std::nullopt;
  }
  std::vector<std::optional<size_t>> keys;
  for (const sql::ExpressionPtr& argument : call.arguments) {
    keys.push_back(number_of(*argument));
  }
  std::vector<int64_t> values;
  for (const KeySet& set : sets_) {
    values.push_back(grouping_of(set, keys));
  }
  return by_set(values, call.name.position());
}

std::optional<size_t> GroupKeys::number_of(const sql::Expression& written) const {
  if (const auto key = find(sql::to_sql(written))) {
    return *key;
  }
  const Expression bound = ExpressionBinder(&scope_).bind(written);
  if (const auto key = find(bound)) {
    return *key;
  }
  if (input_.has_window && property_of(input_.rows, bound)) {
    return std::nullopt;
  }
  throw Error(ErrorCode::invalid_argument, "the argument of GROUPING is not in GROUP BY",
              written.position);
}

int64_t GroupKeys::grouping_of(const KeySet& set,
                               const std::vector<std::optional<size_t>>& keys) const {
  int64_t bits = 0;
  for (const std::optional<size_t>& key : keys) {
    bits = bits * 2 + (!key || set.contains(*key) ? 0 : 1);
  }
  return bits;
}

Expression GroupKeys::group_id(const Position& at) const {
  std::vector<int64_t> values;
  for (auto set = sets_.begin(); set != sets_.end(); ++set) {
    values.push_back(std::count(sets_.begin(), set, *set));
  }
  return by_set(values, at);
}

// The value of the row's grouping set.
Expression GroupKeys::by_set(const std::vector<int64_t>& values, const Position& at) const {
  std::vector<Expression> cases;  // by number of the set
  for (size_t set = 0; set + 1 < values.size(); ++set) {
    std::vector<Expression> sides;
    sides.push_back(Expression::of_column(size(), Type::of(TypeKind::bigint, false)));
    sides.push_back(bigint_literal(static_cast<int64_t>(set)));
    cases.push_back(call_of("=", std::move(sides), at));
    cases.push_back(bigint_literal(values[set]));
  }
  Expression last = bigint_literal(values.back());
  if (cases.empty()) {
    return last;
  }
  cases.push_back(std::move(last));
  return Expression::of(function::ExpressionKind::case_, Type::of(TypeKind::bigint, false),
                        std::move(cases));
}

}  // namespace millrace::plan
