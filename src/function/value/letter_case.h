#pragma once

// Capital and small letters of ASCII, Latin, Greek, Cyrillic and Armenian. Other characters, and
// letters whose other case has another length (ß), stay as they are.

#include <string>
#include <string_view>

namespace millrace::function {

void append_upper(std::string_view text, std::string& out);
void append_lower(std::string_view text, std::string& out);
// Words are runs of ASCII letters, digits and of characters beyond ASCII.
void append_capitalized(std::string_view text, std::string& out);

}  // namespace millrace::function
