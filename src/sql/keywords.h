#pragma once

// Words that cannot stand for a name unless back-quoted: those of Flink 2.3.

#include <string_view>

namespace millrace::sql {

// Of a word in upper case.
bool is_reserved(std::string_view word);
// Reserved, and nevertheless the name of a function when "(" follows: COUNT, LEFT, YEAR.
bool is_reserved_function(std::string_view word);
// A function that is called without parentheses: CURRENT_TIMESTAMP.
bool is_niladic_function(std::string_view word);

}  // namespace millrace::sql
