#pragma once

// The text of a golden case recorded from Flink; tests/flink/README.md describes it.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "column/batch.h"

namespace millrace::golden {

struct CaseTable {
  std::string name;
  std::map<std::string, std::string> options;
  std::string body;  // of CREATE TABLE
};

// A row for a table. A step's rows are read when those of all steps before it have been processed.
struct FeedRow {
  size_t step = 0;
  std::string table;
  RowKind kind = RowKind::insert;
  std::string json;
};

enum class Comparison : uint8_t {
  by_row,    // the changes of equal rows are the same, in their order
  in_order,  // all changes are, in their order
  as_table,  // the tables that the changes leave are
};

// One expression of a case, and what Flink says to it.
struct CaseExpression {
  std::string text;
  std::string expected;  // "INT NOT NULL: 3", "error when run: ..."
  bool differs = false;  // marked with '!': not yet the same
};

struct FlinkCase {
  std::string path;
  std::string head;  // before the dashes, as written
  Comparison comparison = Comparison::by_row;
  std::vector<CaseTable> tables;
  std::vector<CaseTable> sinks;        // what an INSERT is into
  std::vector<std::string> functions;  // of examples/functions
  std::vector<FeedRow> feed;
  std::string statements;
  std::string query;  // empty in a case of expressions
  // Lines of the answer.
  std::vector<std::string> expected;
  // Where ours is meant to be another one: why, and its lines.
  std::string otherwise;
  std::vector<std::string> own;
  std::vector<CaseExpression> expressions;
};

FlinkCase read_flink_case(const std::string& path);
// The file's text, with its marks and messages of ours as they stand in `test`.
std::string write_flink_case(const FlinkCase& test);

}  // namespace millrace::golden
