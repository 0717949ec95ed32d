#pragma once

#include <string>

namespace millrace::golden {

// The canonical text of a script, or the error that parsing it gives. Says so if parsing the
// canonical text gives another tree.
std::string answer_syntax(const std::string& input);

}  // namespace millrace::golden
