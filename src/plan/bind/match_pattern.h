#pragma once

// Of MATCH_RECOGNIZE what asks for no columns: the pattern, how long it may take, and where the
// search goes on behind a match.

#include "plan/nodes.h"
#include "sql/query.h"

namespace millrace::plan {

// Sets the node's pattern, without conditions. Of variables alone it is one of Flink's; throws
// Error, in Flink's words, for what its automaton has not. With groups or anchors, where it may
// match no row, and where rows of no match are shown, it is one of SQL's.
void bind_pattern(const sql::MatchRecognize& match, RuntimeMode mode, MatchRecognize& node);
// WITHIN, in milliseconds.
int64_t bind_within(const sql::Expression& written);
MatchRecognize::Shown shown_of(sql::MatchRecognize::Shown shown);
MatchRecognize::Skip skip_of(sql::MatchRecognize::Skip skip);

}  // namespace millrace::plan
