#include "plan/bind/scope.h"

#include "base/similar.h"

namespace millrace::plan {

Scope::Scope(const std::string& table, const Schema& schema) {
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

size_t Scope::resolve(const sql::QualifiedName& name) const {
  if (name.parts.size() > 2) {
    throw Error(ErrorCode::unsupported,
                "'" + text_of(name) + "': only a column or table.column can be named here",
                name.position());
  }
  const std::string* table = name.parts.size() == 2 ? &name.parts.front().text : nullptr;
  std::optional<size_t> found;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].name != name.last().text || (table && columns_[i].table != *table)) {
      continue;
    }
    if (found) {
      throw Error(ErrorCode::invalid_argument,
                  "column '" + text_of(name) + "' is ambiguous: say which table's is meant",
                  name.position());
    }
    found = i;
  }
  if (!found) {
    throw Error(ErrorCode::not_found,
                "unknown column '" + text_of(name) + "'" + did_you_mean(name.last().text, names()),
                name.position());
  }
  return *found;
}

}  // namespace millrace::plan
