#pragma once

// What a Flink cluster would refuse or ignore in a SQL file that runs here, found without one.

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "plan/beyond_flink.h"
#include "plan/nodes.h"
#include "sql/statement.h"

namespace millrace::server::flink {

enum class Weight : uint8_t {
  ignored,    // Flink runs the file and does without
  unknown,    // Flink may have it, and there is none of it here to ask
  otherwise,  // Flink runs it, and answers otherwise
  refused,
};

struct Finding {
  Weight weight = Weight::refused;
  Position position;
  std::string what;
};

// `lake` tells whether lake tables will be replaced, as for_flink() does.
enum class Lake : uint8_t { as_written, replaced };
std::vector<Finding> findings_of(const sql::Statement& statement, Lake lake);
// The same of what only a plan shows, of a statement that begins there.
std::vector<Finding> findings_in_plan(const plan::Plan& plan, const Position& begin);
// Of what was noted when it was bound.
Finding finding_of(const plan::BeyondFlink& note);

struct Places {
  std::string folder;  // of the SQL file, from the root: Flink would look in its own for a file
  std::string lake;    // where not empty: lake tables become JSON files below it, which a Flink
                       // without the Delta connector can write
};
// Gives its table the places that Flink is told. False where the statement stays as it is.
bool move_tables(sql::Statement& statement, const Places& places);
// The statement as it is handed to Flink: as it is written, but for the places of its table.
std::string for_flink(const sql::Statement& statement, const Places& places);

// Why it is not handed to Flink at all: nobody would read the answer.
std::optional<std::string> not_handed_over(const sql::Statement& statement);

}  // namespace millrace::server::flink
