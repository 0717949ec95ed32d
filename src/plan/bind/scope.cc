#include "plan/bind/scope.h"

#include <algorithm>

#include "base/similar.h"

namespace millrace::plan {

Scope::Scope(const std::string& table, const Schema& schema, const UserFunctions* functions)
    : functions_(functions) {
  for (const Field& field : schema.fields) {
    columns_.push_back({table, field.name, field.type});
  }
}

std::vector<std::string> Scope::names() const {
  std::vector<std::string> names;
  for (const ScopeColumn& column : columns_) {
    names.push_back(column.name);
  }
  return names;
}

static std::string text_of(const sql::QualifiedName& name) {
  std::string text;
  for (const sql::Name& part : name.parts) {
    text += (text.empty() ? "" : ".") + part.text;
  }
  return text;
}

std::optional<size_t> Scope::find(const std::string* table, const sql::Name& column,
                                  const sql::QualifiedName& name) const {
  std::optional<size_t> found;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].name != column.text || (table && columns_[i].table != *table) ||
        (!table && columns_[i].needs_qualifier)) {
      continue;
    }
    if (found) {
      throw Error(ErrorCode::invalid_argument,
                  "column '" + text_of(name) + "' is ambiguous: " +
                      (columns_[i].is_repeated ? "the query in FROM has several of that name"
                                               : "say which table's is meant"),
                  name.position());
    }
    found = i;
  }
  return found;
}

Scope::Path Scope::resolve_path(const sql::QualifiedName& name) const {
  const std::vector<sql::Name>& parts = name.parts;
  if (parts.size() > 1) {
    if (const auto found = find(&parts[0].text, parts[1], name)) {
      return {*found, 2};
    }
  }
  if (const auto found = find(nullptr, parts[0], name)) {
    return {*found, 1};
  }
  const bool is_table =
      parts.size() > 1 && std::any_of(columns_.begin(), columns_.end(), [&](const auto& column) {
        return column.table == parts[0].text;
      });
  const std::string& missing = is_table || parts.size() == 2 ? parts[1].text : parts[0].text;
  throw Error(ErrorCode::not_found,
              "unknown column '" + text_of(name) + "'" + did_you_mean(missing, names()),
              name.position());
}

size_t Scope::resolve(const sql::QualifiedName& name) const {
  const Path path = resolve_path(name);
  if (path.first_field < name.parts.size()) {
    throw Error(ErrorCode::unsupported,
                "'" + text_of(name) + "': only a column or table.column can be named here",
                name.position());
  }
  return path.column;
}

}  // namespace millrace::plan
