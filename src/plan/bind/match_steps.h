#pragma once

// The automaton of a pattern as SQL has it: each place at which a variable stands is an element of
// one row, and behind it come the elements that may be next, the preferred ones first. What is
// repeated so and so often stands there so often.

#include "plan/nodes.h"
#include "sql/query.h"

namespace millrace::plan {

// Sets the node's pattern and steps. Throws Error for a pattern of more elements than there may be,
// and of none.
void bind_steps(const sql::MatchRecognize& match, MatchRecognize& node);

}  // namespace millrace::plan
