#pragma once

// The formats of records, described for the front end, and a table's options for them.

#include <map>
#include <string>

#include "catalog/connector_description.h"
#include "column/type.h"

namespace millrace::catalog {
struct Table;
}

namespace millrace::connector {

extern const catalog::ConnectorDescription kJsonFormat;
extern const catalog::ConnectorDescription kCsvFormat;
extern const catalog::ConnectorDescription kDebeziumJsonFormat;
extern const catalog::ConnectorDescription kRawFormat;

struct FormatChoice {
  std::string name;
  std::map<std::string, std::string> options;  // without the format's prefix

  bool ignores_parse_errors() const;
};

// A table's format, under 'format' or 'value.format', and its options under either prefix.
FormatChoice format_of(const catalog::Table& table);

// The format of keys, under 'key.format', and its options.
FormatChoice key_format_of(const catalog::Table& table);

// The physical columns of a table, in order.
Schema physical_schema(const catalog::Table& table);

}  // namespace millrace::connector
