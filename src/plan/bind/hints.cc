#include "plan/bind/hints.h"

#include <algorithm>
#include <array>

#include "base/ascii_case.h"

namespace millrace::plan {

namespace {

constexpr std::string_view kStateTtlHint = "STATE_TTL";
constexpr std::string_view kLookupHint = "LOOKUP";
// What each takes. A lookup here is in the pipeline's own memory: nothing waits for an answer.
constexpr std::array<std::string_view, 6> kOfRemoteLookups = {"async",   "output-mode", "capacity",
                                                              "timeout", "shuffle",     "table"};
constexpr std::array<std::string_view, 4> kOfRetries = {"retry-predicate", "retry-strategy",
                                                        "fixed-delay", "max-attempts"};
constexpr std::array<std::string_view, 5> kBatchJoins = {
    "BROADCAST", "SHUFFLE_HASH", "SHUFFLE_MERGE", "NEST_LOOP", "MULTI_JOIN"};

std::optional<std::string> name_of(const sql::TableReference& table) {
  if (table.alias) {
    return table.alias->name.text;
  }
  const auto* named = std::get_if<sql::NamedTable>(&table.node);
  return named != nullptr ? std::optional(named->name.last().text) : std::nullopt;
}

void collect_names(const sql::TableReference& table, std::vector<std::string>& names) {
  if (const auto name = name_of(table)) {
    names.push_back(*name);
  } else if (const auto* join = std::get_if<sql::Join>(&table.node)) {
    collect_names(*join->left, names);
    collect_names(*join->right, names);
  }
}

Duration ttl_in(const sql::Hint::Argument& argument) {
  if (!argument.value) {
    throw Error(ErrorCode::invalid_argument,
                "Invalid list options in STATE_TTL hint, only support key-value options.",
                argument.position);
  }
  const auto ttl = parse_duration(*argument.value);
  if (!ttl) {
    throw Error(ErrorCode::invalid_argument,
                "Invalid STATE_TTL hint value: '" + *argument.value +
                    "' is no duration like '10 s', '1 d' or 'PT1H'",
                argument.position);
  }
  return *ttl;
}

template <typename List>
bool contains(const List& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

[[noreturn]] void fail_unmatched(const std::string& table, const std::string& hint,
                                 const Position& at) {
  throw Error(ErrorCode::not_found,
              "The options of following hints cannot match the name of input tables or views: `" +
                  table + "` in `" + hint + "`",
              at);
}

void check_lookup_option(const sql::Hint::Argument& argument,
                         const std::vector<std::string>& tables) {
  if (!argument.value) {
    throw Error(ErrorCode::invalid_argument,
                "Invalid list options in LOOKUP hint, only support key-value options.",
                argument.position);
  }
  if (contains(kOfRetries, argument.key)) {
    throw Error(ErrorCode::unsupported,
                "option '" + argument.key +
                    "' of the hint LOOKUP is not supported: a lookup is not tried again",
                argument.position);
  }
  if (!contains(kOfRemoteLookups, argument.key)) {
    throw Error(ErrorCode::unsupported, "the hint LOOKUP has no option '" + argument.key + "'",
                argument.position);
  }
  if (argument.key == "table" && !contains(tables, *argument.value)) {
    fail_unmatched(*argument.value, std::string(kLookupHint), argument.position);
  }
}

void check_lookup(const sql::Hint& hint, const std::vector<std::string>& tables) {
  for (const sql::Hint::Argument& argument : hint.arguments) {
    check_lookup_option(argument, tables);
  }
  if (std::none_of(hint.arguments.begin(), hint.arguments.end(),
                   [](const auto& argument) { return argument.key == "table"; })) {
    throw Error(ErrorCode::invalid_argument,
                "Invalid LOOKUP hint: incomplete required option(s): [Key: 'table' , default: null "
                "(fallback keys: [])]",
                hint.name.position);
  }
}

}  // namespace

SelectHints::SelectHints(const sql::Select& select) {
  std::vector<std::string> tables;
  if (select.from) {
    collect_names(*select.from, tables);
  }
  for (const sql::Hint& hint : select.hints) {
    read(hint, tables);
  }
}

void SelectHints::read(const sql::Hint& hint, const std::vector<std::string>& tables) {
  const std::string name = upper_case(hint.name.text);
  if (name == kLookupHint) {
    return check_lookup(hint, tables);
  }
  const bool is_ttl = name == kStateTtlHint;
  if (!is_ttl && !contains(kBatchJoins, name)) {
    throw Error(ErrorCode::unsupported,
                name == "OPTIONS" ? "the hint OPTIONS stands behind a table, of which it is"
                                  : "the hint " + name + " is not supported",
                hint.name.position);
  }
  if (is_ttl && hint.arguments.empty()) {
    throw Error(ErrorCode::invalid_argument,
                "Invalid STATE_TTL hint, expecting at least one key-value options specified.",
                hint.name.position);
  }
  for (const sql::Hint::Argument& argument : hint.arguments) {
    if (!is_ttl && argument.value) {
      throw Error(ErrorCode::invalid_argument,
                  "Invalid hint: " + name + "(" + argument.key + "=" + *argument.value +
                      "), expecting at least one table or view specified in hint " + name + ".",
                  argument.position);
    }
    if (!contains(tables, argument.key)) {
      fail_unmatched(argument.key, name, argument.position);
    }
    if (is_ttl) {
      ttl_[argument.key] = ttl_in(argument);
    }
  }
}

std::optional<Duration> SelectHints::ttl_of(const sql::TableReference& table) const {
  const auto name = name_of(table);
  const auto found = name ? ttl_.find(*name) : ttl_.end();
  return found == ttl_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::optional<Duration>> SelectHints::ttl_of_join(
    const sql::TableReference& left, const sql::TableReference& right) const {
  const auto ttl = std::vector{ttl_of(left), ttl_of(right)};
  return ttl[0] || ttl[1] ? ttl : std::vector<std::optional<Duration>>();
}

std::vector<std::optional<Duration>> SelectHints::ttl_of_groups(const sql::Select& select) const {
  const auto ttl = select.from ? ttl_of(*select.from) : std::nullopt;
  return ttl ? std::vector{ttl} : std::vector<std::optional<Duration>>();
}

}  // namespace millrace::plan
