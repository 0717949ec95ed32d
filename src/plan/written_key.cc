#include "plan/written_key.h"

namespace millrace::plan {

bool is_written_metadata(const catalog::ColumnDefinition& column) {
  return column.kind == catalog::ColumnKind::metadata && !column.is_virtual;
}

std::vector<size_t> written_key(const catalog::Table& table) {
  std::vector<size_t> numbers(table.columns.size());
  size_t next = 0;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    numbers[i] = next;
    next += table.columns[i].kind == catalog::ColumnKind::physical ? 1 : 0;
  }
  std::vector<size_t> key;
  for (const size_t column : table.primary_key) {
    key.push_back(numbers[column]);
  }
  return key;
}

bool is_written_by_key(const catalog::Table& table) {
  return table.takes == catalog::Changes::upserts && !table.primary_key.empty();
}

}  // namespace millrace::plan
