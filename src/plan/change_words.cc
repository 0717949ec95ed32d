#include "plan/change_words.h"

#include <algorithm>

#include "base/check.h"
#include "sql/printer.h"

namespace millrace::plan {

std::string_view name_of(RowKind kind) {
  switch (kind) {
    case RowKind::insert: return "INSERT";
    case RowKind::update_before: return "UPDATE_BEFORE";
    case RowKind::update_after: return "UPDATE_AFTER";
    case RowKind::delete_: return "DELETE";
  }
  check(false, "row kind outside the enumeration");
  return {};
}

std::optional<RowKind> kind_named(std::string_view name) {
  const auto* found = std::find_if(kAllKinds.begin(), kAllKinds.end(),
                                   [&](RowKind kind) { return name_of(kind) == name; });
  return found == kAllKinds.end() ? std::nullopt : std::optional(*found);
}

namespace {

std::string literal(std::string_view word) { return sql::string_literal(word); }
std::string literal(RowKind kind) { return literal(name_of(kind)); }

template <typename Mapping>
std::string call_text(std::string_view function, const std::string& op, const Mapping& mapping) {
  std::string entries;
  for (const auto& [key, value] : mapping) {
    entries += (entries.empty() ? "" : ", ") + literal(key) + ", " + literal(value);
  }
  return std::string(function) + "(op => DESCRIPTOR(" + op + "), op_mapping => MAP[" + entries +
         "])";
}

}  // namespace

std::string invocation_text(const Node& node) {
  if (node.kind == NodeKind::to_changelog) {
    const auto& rows = static_cast<const ToChangelog&>(node);
    return call_text("TO_CHANGELOG", rows.op, rows.mapping);
  }
  const auto& changes = static_cast<const FromChangelog&>(node);
  return call_text("FROM_CHANGELOG", node.schema[changes.op].name, changes.mapping);
}

}  // namespace millrace::plan
