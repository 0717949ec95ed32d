#pragma once

// Random tables: what both engines are given. All have the same columns:
//
//   id INT          counts the rows; the key of a table of upserts
//   ts TIMESTAMP(3) rises with the rows, by more and less than a second; some are the same
//   k INT           a few values, for keys of groups and joins
//   i INT, b BIGINT, r DOUBLE, d DECIMAL(10, 2), s STRING, f BOOLEAN, tm TIMESTAMP(3), dt DATE

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "column/batch.h"
#include "duckdb/piece.h"

namespace millrace::random_queries {

struct Column {
  std::string name;
  Sort sort;
};

// A value as text; nothing for NULL.
using Value = std::optional<std::string>;
using Values = std::vector<Value>;

// What a table's rows do.
enum class Gives : uint8_t { insertions, changes, upserts };

struct Change {
  RowKind kind = RowKind::insert;
  Values values;
  size_t step = 0;  // those of all earlier steps have been processed before it is read
};

struct Table {
  std::string name;
  Gives gives = Gives::insertions;
  std::vector<Change> changes;
};

const std::vector<Column>& table_columns();
std::string flink_type(Sort sort);
std::string duckdb_type(Sort sort);
// A value of this sort that tables have, as a literal in both dialects' words.
Piece random_literal(Sort sort, Random& random);

Table random_table(const std::string& name, Gives gives, size_t rows, Random& random);
// What is left when all changes are made.
std::vector<Values> rows_left(const Table& table);
// {"id": 1, ...}
std::string as_json(const Values& values);
// CREATE TABLE and INSERT of rows_left().
std::vector<std::string> duckdb_statements(const Table& table);

}  // namespace millrace::random_queries
