#pragma once

// WITH ('connector' = 'delta', ...): an append-only table of the lake.

#include <string>
#include <vector>

#include "catalog/connector_description.h"
#include "column/type.h"

namespace millrace::catalog {
struct Table;
}

namespace millrace::connector {

extern const catalog::ConnectorDescription kDeltaConnector;

// What the sink needs of a table's definition.
struct DeltaOptions {
  std::string name;
  std::string path;  // the table's directory
  Schema schema;     // as declared: the physical columns
  std::vector<std::string> partition_columns;

  // Tables without a 'table-path' lie in the lake's directory under their own name; those of
  // another database than the default one under "database.name". Throws Error(unsupported) for a
  // path that is no directory of this machine.
  static DeltaOptions from(const catalog::Table& table, const std::string& lake_directory);
};

}  // namespace millrace::connector
