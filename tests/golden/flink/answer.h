#pragma once

// What Millrace says to a golden case.

#include <string>
#include <vector>

#include "golden/flink/case.h"

namespace millrace::golden {

// How the rows are cut into batches, and whether the pipeline is killed and restored between them;
// spilled, all state that can leaves memory behind each, and some kill the pipeline. Split, the
// plan is as it was bound, with no rule that fuses, moves, shares or leaves out anything: it may
// make other changes, which leave the same table. So it may shared, in a statement set, beside
// others that read all columns of its tables.
enum class Pace : uint8_t { whole, single, random, restarted, spilled, split, shared };

// The statements ahead of the query: tables and functions, and what the case has beside them.
std::string definitions(const FlinkCase& test);

// "columns ...", "changelog ...", and the changes; or one line, the error.
std::vector<std::string> answer(const FlinkCase& test, Pace pace);

// "INT NOT NULL: 3", the values of several rows with " | " between them; or the error.
std::string answer(const FlinkCase& test, const CaseExpression& expression);

}  // namespace millrace::golden
