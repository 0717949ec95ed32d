#pragma once

// docs/functions.md, from the lists of functions.

#include <string>

namespace millrace::function {

// The whole file, in Markdown.
std::string manual();

}  // namespace millrace::function
