#pragma once

// WITH ('connector' = 'delta', ...): a table of the lake, appended to and read.

#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "catalog/connector_description.h"
#include "column/type.h"

namespace millrace::catalog {
struct Table;
}

namespace millrace::connector {

extern const catalog::ConnectorDescription kDeltaConnector;

// What source and sink need of a table's definition.
struct DeltaOptions {
  std::string name;
  std::string path;  // the table's directory
  Schema schema;     // as declared: the physical columns
  std::vector<std::string> partition_columns;
  std::optional<Duration> monitor_interval = {};  // of a source
  bool overwrite = false;  // of a sink: its rows take the place of those that are there

  // Tables without a 'table-path' lie in the lake's directory under their own name; those of
  // another database than the default one under "database.name". Throws Error(unsupported) for a
  // path that is no directory of this machine.
  static DeltaOptions from(const catalog::Table& table, const std::string& lake_directory);
};

}  // namespace millrace::connector
