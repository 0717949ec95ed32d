#pragma once

// The columns that a part of a query can name.

#include <string>
#include <vector>

#include "base/random.h"
#include "duckdb/piece.h"
#include "duckdb/tables.h"

namespace millrace::random_queries {

// Of a table, but for the row time, which may not be given on everywhere; named so.
std::vector<Column> columns_without_time(const std::string& prefix);
// Without those that are only shown.
std::vector<Column> ordinary(const std::vector<Column>& columns);
// As alias.name.
std::vector<Column> qualified(const std::vector<Column>& columns, const std::string& alias);
std::vector<Column> both(std::vector<Column> left, const std::vector<Column>& right);

// For ORDER BY. Where NULLs stand is Flink's way: first when ascending.
Piece ordered(const Column& column, Random& random);
// By every column, so that rows that are level are the same.
Piece by_all(const std::vector<Column>& columns, Random& random);

}  // namespace millrace::random_queries
