#pragma once

// What a Flink cluster would refuse or ignore in a SQL file that runs here, found without one.

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "sql/statement.h"

namespace millrace::server::flink {

enum class Weight : uint8_t {
  ignored,  // Flink runs the file and does without
  refused,
};

struct Finding {
  Weight weight = Weight::refused;
  Position position;
  std::string what;
};

// `lake` tells whether lake tables will be replaced, as with_json_lake() does.
enum class Lake : uint8_t { as_written, replaced };
std::vector<Finding> findings_in(std::span<const sql::Statement> statements, Lake lake);

// The statement as it is handed to Flink: a lake table becomes JSON files below `directory`, which
// a Flink without the Delta connector can write; empty for every other statement.
std::string with_json_lake(const sql::Statement& statement, const std::string& directory);

}  // namespace millrace::server::flink
