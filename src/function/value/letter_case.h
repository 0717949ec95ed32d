#pragma once

// Capital and small letters as Java has them, whatever the language: one letter may become several
// (ß, and İ in small letters), and a small sigma at the end of a word is another one.

#include <string>
#include <string_view>

namespace millrace::function {

void append_upper(std::string_view text, std::string& out);
void append_lower(std::string_view text, std::string& out);
// Words are runs of ASCII letters and digits; all other characters stay as they are.
void append_capitalized(std::string_view text, std::string& out);

}  // namespace millrace::function
