#include "query/lake.h"

#include <algorithm>

#include "base/error.h"
#include "delta/literal.h"
#include "io/files.h"
#include "query/sql_text.h"

namespace millrace::query {

Lake::Lake(const io::World& world, std::string directory)
    : world_(world), directory_(std::move(directory)) {}

void Lake::find_tables(const std::string& directory, const std::string& schema,
                       std::vector<TableName>& found) const {
  for (const std::string& name : world_.files->list(directory)) {
    const std::string path = io::join(directory, name);
    if (!world_.files->list(io::join(path, "_delta_log")).empty()) {
      found.push_back({schema.empty() ? "main" : schema, name});
    } else if (!name.ends_with(".parquet") && name.find('=') == std::string::npos) {
      find_tables(path, schema.empty() ? name : schema + "/" + name, found);
    }
  }
}

std::vector<TableName> Lake::tables() const {
  std::vector<TableName> found;
  find_tables(directory_, "", found);
  return found;
}

std::string Lake::path_of(const TableName& name) const {
  return name.schema == "main" ? io::join(directory_, name.table)
                               : io::join(io::join(directory_, name.schema), name.table);
}

const delta::Table& Lake::refreshed(const TableName& name) {
  const auto known = open_.find(name);
  if (known != open_.end()) {
    known->second.refresh();
    return known->second;
  }
  std::optional<delta::Table> table = delta::Table::open(world_, &parquet_, path_of(name));
  if (!table) {
    throw Error(ErrorCode::not_found, "no table '" + name.table + "' in the lake");
  }
  return open_.emplace(name, std::move(*table)).first->second;
}

static std::string duckdb_name_of(const Type& type) {
  const auto child = [&](size_t i) { return duckdb_name_of((*type.children)[i].type); };
  switch (type.kind) {
    case TypeKind::boolean: return "BOOLEAN";
    case TypeKind::tinyint: return "TINYINT";
    case TypeKind::smallint: return "SMALLINT";
    case TypeKind::integer: return "INTEGER";
    case TypeKind::bigint: return "BIGINT";
    case TypeKind::float_: return "FLOAT";
    case TypeKind::double_: return "DOUBLE";
    case TypeKind::decimal:
      return "DECIMAL(" + std::to_string(type.precision) + ", " + std::to_string(type.scale) + ")";
    case TypeKind::char_:
    case TypeKind::varchar: return "VARCHAR";
    case TypeKind::binary:
    case TypeKind::varbinary: return "BLOB";
    case TypeKind::date: return "DATE";
    case TypeKind::timestamp: return "TIMESTAMP";
    case TypeKind::timestamp_ltz: return "TIMESTAMPTZ";
    case TypeKind::array: return child(0) + "[]";
    case TypeKind::map: return "MAP(" + child(0) + ", " + child(1) + ")";
    case TypeKind::row: {
      std::string fields;
      for (const Field& field : *type.children) {
        fields += (fields.empty() ? "" : ", ") + quoted_name(field.name) + " " +
                  duckdb_name_of(field.type);
      }
      return "STRUCT(" + fields + ")";
    }
    case TypeKind::null_:
    case TypeKind::time:
    case TypeKind::interval_month:
    case TypeKind::interval_ms:
    case TypeKind::multiset:
    case TypeKind::bitmap:
    case TypeKind::variant: break;
  }
  throw Error(ErrorCode::internal, "Delta has no type " + type.to_string());
}

// The table's columns in order: those of the files by name, those of the partition by value.
static std::string projection(const Schema& schema, const delta::PartitionValues& values) {
  std::string list;
  for (const Field& field : schema.fields) {
    const auto value = values.find(field.name);
    const std::string from = value == values.end() ? quoted_name(field.name)
                             : value->second       ? quoted_text(*value->second)
                                                   : "NULL";
    list += (list.empty() ? "" : ", ") + ("CAST(" + from + " AS ") + duckdb_name_of(field.type) +
            ") AS " + quoted_name(field.name);
  }
  return list;
}

static std::string no_rows(const Schema& schema) {
  delta::PartitionValues nulls;
  for (const Field& field : schema.fields) {
    nulls[field.name] = std::nullopt;
  }
  return "SELECT " + projection(schema, nulls) + " WHERE false";
}

std::string select_rows(const delta::Table& table) {
  const delta::Snapshot& snapshot = table.snapshot();
  std::map<delta::PartitionValues, std::string> files_of;
  for (const auto& [path, add] : snapshot.files()) {
    std::string& files = files_of[add.partition_values];
    files +=
        (files.empty() ? "" : ", ") + quoted_text(io::join(table.path(), delta::decode_path(path)));
  }
  if (files_of.empty()) {
    return no_rows(snapshot.schema());
  }
  // A file older than a column has none of it: the columns come together by name, and what no file
  // has comes from the rows that there are not.
  const std::string nothing = "(" + no_rows(snapshot.schema()) + ")";
  std::string sql;
  for (const auto& [values, files] : files_of) {
    sql += (sql.empty() ? "SELECT " : " UNION ALL SELECT ") +
           projection(snapshot.schema(), values) + " FROM (FROM " + nothing +
           " UNION ALL BY NAME FROM read_parquet([" + files +
           "], hive_partitioning = false, union_by_name = true))";
  }
  return sql;
}

}  // namespace millrace::query
