#include "catalog/table.h"

#include "base/check.h"

namespace millrace::catalog {

const std::string& Table::connector() const {
  const auto found = options.find("connector");
  check(found != options.end(), "a table without connector passed the check of its options");
  return found->second.value;
}

std::string Table::option(const std::string& key, const std::string& otherwise) const {
  const auto found = options.find(key);
  return found == options.end() ? otherwise : found->second.value;
}

Position Table::place_of(const std::string& option) const {
  auto found = options.find(option);
  if (found == options.end()) {
    found = options.find("connector");
  }
  return found == options.end() ? Position{} : found->second.position;
}

std::optional<size_t> Table::find(std::string_view column) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name == column) {
      return i;
    }
  }
  return std::nullopt;
}

Schema Table::schema() const {
  Schema schema;
  for (const ColumnDefinition& column : columns) {
    schema.fields.push_back({column.name, column.type});
  }
  return schema;
}

}  // namespace millrace::catalog
