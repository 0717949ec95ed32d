#include "connector/scan_columns.h"

#include <algorithm>

namespace millrace::connector {

static bool is_in_record(const plan::Scan& scan, size_t number,
                         const std::vector<size_t>& outside) {
  return scan.table->columns[number].kind == catalog::ColumnKind::physical &&
         std::find(outside.begin(), outside.end(), number) == outside.end();
}

Schema read_schema(const plan::Scan& scan, const std::vector<size_t>& outside) {
  Schema schema;
  for (const size_t number : scan.read) {
    const catalog::ColumnDefinition& column = scan.table->columns[number];
    if (is_in_record(scan, number, outside)) {
      schema.fields.push_back({column.name, column.type});
    }
  }
  return schema;
}

const std::string& metadata_key(const catalog::ColumnDefinition& column) {
  return column.metadata_key.empty() ? column.name : column.metadata_key;
}

std::vector<Column> scan_columns(
    const plan::Scan& scan, const std::vector<size_t>& outside, std::vector<Column> decoded,
    const std::function<Column(const catalog::ColumnDefinition& column)>& other) {
  std::vector<Column> columns;
  size_t physical = 0;
  for (const size_t number : scan.read) {
    const catalog::ColumnDefinition& column = scan.table->columns[number];
    columns.push_back(is_in_record(scan, number, outside) ? std::move(decoded[physical++])
                                                          : other(column));
  }
  return columns;
}

}  // namespace millrace::connector
