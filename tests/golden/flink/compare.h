#pragma once

// When an answer of Millrace counts as Flink's.

#include <string>
#include <vector>

#include "golden/flink/answer.h"
#include "golden/flink/case.h"

namespace millrace::golden {

// Empty where the answer is Flink's, or ours where that is meant to be another; or else what
// differs, for people. Split or shared,
// a plan may make other changes of the same table, and its errors show other nodes.
std::string difference(const FlinkCase& test, const std::vector<std::string>& answer, Pace pace);
// Of a query whose answer is meant to be another than Flink's: whether it is Flink's all the same.
bool is_as_flink(const FlinkCase& test, const std::vector<std::string>& answer);
// Of expressions: refusing and failing are one.
bool is_same(const CaseExpression& expression, const std::string& answer);

bool is_error(const std::string& line);
// "error when planned: text" is "planned".
std::string when_of(const std::string& error);
std::string message_of(const std::string& error);

}  // namespace millrace::golden
