#pragma once

// Random expressions whose meaning is the same in Flink's SQL and in DuckDB's.

#include <vector>

#include "base/random.h"
#include "duckdb/piece.h"
#include "duckdb/tables.h"

namespace millrace::random_queries {

// Of the columns in `scope`, whose names are written as they stand there; `depth` bounds the calls
// inside one another.
Piece random_expression(Sort sort, const std::vector<Column>& scope, int depth, Random& random);
// Some sort that a column has.
Sort random_sort(Random& random);
// Of the sorts that are only shown, too.
Sort random_shown_sort(Random& random);

enum class Distinct : uint8_t { none, some };  // of an aggregate's values
Piece random_aggregate(const std::vector<Column>& scope, Distinct distinct, Random& random);

// The column, or nothing where the scope has none of this sort.
const Column* random_column(Sort sort, const std::vector<Column>& scope, Random& random);
Piece verbatim(Sort sort, std::string text);

}  // namespace millrace::random_queries
