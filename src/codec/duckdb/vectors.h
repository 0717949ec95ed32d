#pragma once

// Our columns as DuckDB's vectors and back. Where both lay a value out alike, which is nearly
// everywhere, a column crosses over by memcpy into DuckDB and by reference out of it.

#include <memory>
#include <string>
#include <utility>

#include "column/batch.h"
#include "column/type.h"

// DuckDB's handles are pointers to these; its header stays in the .cc files.
struct _duckdb_data_chunk;
struct _duckdb_logical_type;

namespace millrace::codec {

// Whether DuckDB, and so Parquet as we write it, holds values of the type.
bool has_duckdb_type(const Type& type);
// Throws Error(unsupported) where it does not.
// The caller destroys the handle.
_duckdb_logical_type* to_duckdb_type(const Type& type);
// Whether values of a DuckDB type can be read as a column, and as which. Nested types and the rarer
// scalar ones cannot; DuckDB prints them as text where asked to.
bool is_readable(_duckdb_logical_type* type);
Type from_duckdb_type(_duckdb_logical_type* type);
// Where it cannot be read: SQL to write before and after a column to get its like that can.
std::pair<std::string, std::string> readable_conversion(_duckdb_logical_type* type);

// Rows [from, from+count) of those that count in the batch become the first rows of the chunk.
void fill_chunk(const Batch& batch, size_t from, size_t count, _duckdb_data_chunk* chunk);
// Columns that refer into the chunk and keep it alive; they have the types of `schema`.
Batch read_chunk(const std::shared_ptr<_duckdb_data_chunk>& chunk, const Schema& schema);

}  // namespace millrace::codec
