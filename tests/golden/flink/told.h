#pragma once

// Whether `millrace submit --check` knows what Flink says to a golden case.

#include <string>
#include <vector>

#include "golden/flink/case.h"

namespace millrace::golden {

// What is wrong with what it tells of the query of a case; empty where it is right: one that runs
// here and not in Flink is told to be refused, or to be answered otherwise, and one that Flink runs
// is not told to be refused, whether or not it runs here. `own` is our answer.
std::string told_wrongly(const FlinkCase& test, const std::vector<std::string>& own);

}  // namespace millrace::golden
