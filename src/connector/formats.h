#pragma once

// The formats of records, described for the front end, and a table's options for them.

#include <map>
#include <memory>
#include <string>

#include "catalog/connector_description.h"
#include "catalog/table.h"
#include "codec/decoder.h"
#include "codec/encoder.h"
#include "codec/framing.h"
#include "column/type.h"

namespace millrace::connector {

extern const catalog::ConnectorDescription kJsonFormat;
extern const catalog::ConnectorDescription kCsvFormat;
extern const catalog::ConnectorDescription kDebeziumJsonFormat;
extern const catalog::ConnectorDescription kRawFormat;

struct FormatChoice {
  std::string name;
  Position position;                               // of the option that names it
  std::map<std::string, catalog::Option> options;  // without the format's prefix

  bool ignores_parse_errors() const;
  // As codec/codecs.h makes them. Throw Error at the option that is not offered, or at the format's
  // name where it is a column.
  std::unique_ptr<codec::Decoder> decoder(const Schema& read, const Schema& record) const;
  std::unique_ptr<codec::Encoder> encoder(const Schema& schema) const;
  codec::Framing framing() const;
};

// A table's format, under 'format' or 'value.format', and its options under either prefix.
FormatChoice format_of(const catalog::Table& table);

// The format of keys, under 'key.format', and its options.
FormatChoice key_format_of(const catalog::Table& table);

// The physical columns of a table, in order.
Schema physical_schema(const catalog::Table& table);

}  // namespace millrace::connector
