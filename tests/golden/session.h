#pragma once

// What a session answers to statements, as text.

#include <string>

namespace millrace::golden {

// Executes the statements one after another, each even if one before it failed. What they answer,
// but for "OK": rows under their columns, the lines of EXPLAIN and SHOW CREATE, the names of jobs,
// the plans of queries, warnings and errors. "OK" where none of them said anything.
std::string answer_session(const std::string& input);

// The same with the connectors that there are, and of errors and warnings alone: what is said of
// their options before anything runs.
std::string answer_refusals(const std::string& input);

}  // namespace millrace::golden
