#pragma once

// The rows that a table is written have its physical columns, and behind them the metadata that it
// writes, so its key has other numbers in them than in the table.

#include <cstddef>
#include <vector>

#include "catalog/table.h"

namespace millrace::plan {

// Whether rows have a column of metadata to write.
bool is_written_metadata(const catalog::ColumnDefinition& column);
// Where in a sink's input the primary key is; empty where there is none.
std::vector<size_t> written_key(const catalog::Table& table);
// Whether a row takes the place of the one that has its key.
bool is_written_by_key(const catalog::Table& table);

}  // namespace millrace::plan
