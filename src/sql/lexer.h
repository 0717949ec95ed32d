#pragma once

// Text to tokens. Comments and white space go; hints /*+ ... */ stay, their brackets as symbols.

#include <string>
#include <string_view>
#include <vector>

#include "sql/token.h"

namespace millrace::sql {

// Ends with a token of kind end, or with the first invalid one. That is an error only when the
// parser reaches it, so that the first mistake in a file is the one reported.
std::vector<Token> tokenize(std::string_view text, const std::string& file);

}  // namespace millrace::sql
