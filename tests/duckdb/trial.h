#pragma once

// One random query over random tables, and whether everybody agrees on its answer.

#include <cstdint>
#include <string>
#include <vector>

#include "duckdb/piece.h"
#include "duckdb/queries.h"
#include "duckdb/tables.h"
#include "golden/flink/case.h"

namespace millrace::codec {
class DuckConnection;
}

namespace millrace::random_queries {

struct Trial {
  Form form = Form::stream;
  std::vector<Table> tables;
  Piece query;
};

Trial random_trial(uint64_t seed);

// As millrace_flink_tests reads it and scripts/flink/record.py records it.
golden::FlinkCase flink_case(const Trial& trial);
std::string case_text(const Trial& trial);

enum class Verdict : uint8_t {
  same,
  no_answer,  // DuckDB refuses where values go beyond their types, or has no such query
  refused,    // Millrace does, or fails
  restless,   // Millrace's answer depends on how its input is cut
  different,  // it is not DuckDB's
};

struct Finding {
  Verdict verdict = Verdict::same;
  std::string report;
};

Finding judge(const Trial& trial, codec::DuckConnection& duckdb);

// What is left of a trial when everything is taken out that its verdict does not need.
Trial shrunk(Trial trial, Verdict verdict, codec::DuckConnection& duckdb);

}  // namespace millrace::random_queries
