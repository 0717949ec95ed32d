#pragma once

// Text to tokens. Comments and white space go; hints /*+ ... */ stay, their brackets as symbols.

#include <string_view>
#include <vector>

#include "sql/token.h"

namespace millrace::sql {

// Ends with a token of kind end, or with the first invalid one. That is an error only when the
// parser reaches it, so that the first mistake in a file is the one reported.
// `begin` is where the text begins in its file.
std::vector<Token> tokenize(std::string_view text, const Position& begin);

}  // namespace millrace::sql
