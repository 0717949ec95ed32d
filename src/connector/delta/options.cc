#include "connector/delta/options.h"

#include <array>

#include "base/error.h"
#include "catalog/table.h"
#include "codec/duckdb/vectors.h"
#include "io/files.h"

namespace millrace::connector {

static constexpr std::array<catalog::OptionDescription, 2> kOptions = {{
    {.key = "table-path",
     .required = false,
     .type = "string",
     .otherwise = "",
     .description = "directory of the Delta table; by default the table's name in the lake"},
    {.key = "source.monitor-interval",
     .required = false,
     .type = "duration",
     .otherwise = "",
     .description = "look for new versions this often; without it reading ends with the version "
                    "that is there, but where rows look the table up, which is each second"},
}};

// Where the lake is makes no difference to what is an option.
static void check_written(const catalog::Table& table) {
  static_cast<void>(DeltaOptions::from(table, "lake"));
}
static void check_read(const catalog::Table& table, const std::vector<size_t>&) {
  check_written(table);
}

const catalog::ConnectorDescription kDeltaConnector = {.name = "delta",
                                                       .can_read = true,
                                                       .can_write = true,
                                                       .takes_format = false,
                                                       .overwrites = true,
                                                       .look_ups = catalog::LookUps::always,
                                                       .holds = codec::has_duckdb_type,
                                                       .check_read = check_read,
                                                       .check_written = check_written,
                                                       .options = kOptions,
                                                       .metadata = {}};

static std::string local_path(std::string path, const Position& position) {
  constexpr std::string_view kLocal = "file://";
  if (path.starts_with(kLocal)) {
    path.erase(0, kLocal.size());
  }
  if (path.find("://") != std::string::npos) {
    throw Error(ErrorCode::unsupported,
                "cannot use '" + path + "': Delta tables lie on the local disk so far", position);
  }
  return path;
}

// Tables of one name in two databases are two tables.
static std::string name_in_lake(const catalog::Table& table) {
  const catalog::Namespace home;
  std::string name = table.name;
  if (!(table.space == home)) {
    name = table.space.database + "." + name;
  }
  return table.space.catalog == home.catalog ? name : table.space.catalog + "." + name;
}

DeltaOptions DeltaOptions::from(const catalog::Table& table, const std::string& lake_directory) {
  DeltaOptions options;
  options.name = name_in_lake(table);
  const auto path = table.options.find("table-path");
  options.path = path != table.options.end() ? local_path(path->second.value, path->second.position)
                                             : io::join(lake_directory, options.name);
  if (const std::string interval = table.option("source.monitor-interval"); !interval.empty()) {
    options.monitor_interval = parse_duration(interval);
  }
  for (size_t i = 0; i < table.columns.size(); ++i) {
    if (table.columns[i].kind == catalog::ColumnKind::physical) {
      options.schema.fields.push_back({table.columns[i].name, table.columns[i].type});
    }
  }
  for (const size_t column : table.partitioned_by) {
    options.partition_columns.push_back(table.columns[column].name);
  }
  return options;
}

}  // namespace millrace::connector
