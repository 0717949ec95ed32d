#pragma once

// What a Flink cluster would refuse or ignore in a SQL file that runs here, found without one.

#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "plan/program.h"
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

// `lake` tells whether lake tables will be replaced, as for_flink() does.
enum class Lake : uint8_t { as_written, replaced };
std::vector<Finding> findings_in(std::span<const sql::Statement> statements, Lake lake);
// The same of the plans of a file.
std::vector<Finding> findings_in(const plan::Script& script);

struct Places {
  std::string folder;  // of the SQL file, from the root: Flink would look in its own for a file
  std::string lake;    // where not empty: lake tables become JSON files below it, which a Flink
                       // without the Delta connector can write
};
// The statement as it is handed to Flink: as it is written, but for the places of its table.
std::string for_flink(const sql::Statement& statement, const Places& places);

}  // namespace millrace::server::flink
