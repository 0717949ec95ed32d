#pragma once

// Of MATCH_RECOGNIZE what asks for no columns: the pattern, how long it may take, and where the
// search goes on behind a match.

#include "plan/nodes.h"
#include "sql/query.h"

namespace millrace::plan {

// Sets the node's pattern, without conditions. Of variables alone it is one of Flink's; throws
// Error, in Flink's words, for what its automaton has not. With groups it is one of SQL's.
void bind_pattern(const sql::MatchRecognize& match, MatchRecognize& node);
// WITHIN, in milliseconds.
int64_t bind_within(const sql::Expression& written);
MatchRecognize::Skip skip_of(sql::MatchRecognize::Skip skip);

}  // namespace millrace::plan
