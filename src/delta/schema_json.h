#pragma once

// A table's schema as the log's metaData holds it, and which of our types a column really has
// there. https://github.com/delta-io/delta/blob/master/PROTOCOL.md#schema-serialization-format

#include <string>
#include <string_view>

#include "column/type.h"

namespace millrace::delta {

// The type that a column of `type` has once stored: Delta has one string type, no lengths, and
// timestamps in microseconds. Throws Error(unsupported) naming the type where there is none.
Type stored_type(const Type& type);
Schema stored_schema(const Schema& schema);

// Of a stored schema.
std::string schema_to_json(const Schema& schema);
// Throws Error(unsupported) for types that we cannot read, Error(corrupt) for anything else.
Schema schema_from_json(std::string_view json);

}  // namespace millrace::delta
