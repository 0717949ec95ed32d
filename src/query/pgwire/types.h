#pragma once

// Our types as Postgres', and values in its two formats.
// https://www.postgresql.org/docs/15/protocol-overview.html#PROTOCOL-FORMAT-CODES

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "column/column.h"
#include "query/engine.h"

namespace millrace::query::pgwire {

struct TypeInfo {
  uint32_t oid;
  int16_t length;  // bytes of a binary value; -1 where it varies
  char category;   // as pg_type.typcategory
  const char* name;
  const char* shown;    // as format_type() says
  const char* receive;  // as pg_type.typreceive
};

std::span<const TypeInfo> all_types();
const TypeInfo& type_info(const Type& type);
const TypeInfo& type_info(const ResultColumn& column);  // knows JSON
int32_t type_modifier(const Type& type);                // of decimals; -1 otherwise

enum class Format : int16_t { text = 0, binary = 1 };

// Appends a DataRow field: its length and the value, or -1 for NULL.
void append_value(const Column& column, uint32_t row, Format format, std::string& out);

// A parameter as the client sent it. `oid` is 0 where the client did not say; then `used_as` is
// what its use tells. Throws Error(unsupported) for binary values of other types than those we
// send, Error(invalid_argument) for text that is no number where one is wanted.
Parameter parameter_from(std::string_view value, Format format, uint32_t oid, const Type& used_as);

}  // namespace millrace::query::pgwire
