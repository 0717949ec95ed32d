#pragma once

// Text to syntax tree, in the dialect of Flink 2.3. Knows grammar and nothing else: whether a
// table, column or function exists is for the binder.
//
// What cannot be parsed throws Error(syntax), what is understood and not offered
// Error(unsupported), each with the position of the first token that does not fit.

#include <string>
#include <string_view>
#include <vector>

#include "sql/statement.h"

namespace millrace::sql {

// A file: statements, each closed by a semicolon but perhaps for the last. `file` is what positions
// say; empty for text that came from no file.
std::vector<Statement> parse_script(std::string_view text, const std::string& file = "");

// A query alone, such as that of a view; `begin` is where its text begins in its file.
QueryPtr parse_query(std::string_view text, const Position& begin);

// Types, separated by commas; none where the text is blank. `begin` is where it begins.
std::vector<TypeName> parse_types(std::string_view text, const Position& begin);

// Exactly one statement, its semicolon optional.
Statement parse_statement(std::string_view text, const std::string& file = "");

}  // namespace millrace::sql
