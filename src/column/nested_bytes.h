#pragma once

// Values of nested types (ROW, ARRAY, MAP, MULTISET) as bytes, for tables that keep rows:
//
//   value     u8 0 for NULL; else u8 1 and
//     scalar  as in memory; a text by its varint length
//     row     its fields, one after the other
//     array   varint count, then for each the element; of a map the key and the value
//
// The same value gives the same bytes, so values are compared and hashed by them.

#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "column/column.h"

namespace millrace {

void write_nested(const Column& column, size_t row, ByteWriter& out);

// A column of this type from what write_nested() wrote, a value each; an empty one is NULL. Copies
// what it needs. Throws Error(corrupt) for bytes that are no value of the type.
Column read_nested(const Type& type, const std::vector<std::string_view>& values);

}  // namespace millrace
