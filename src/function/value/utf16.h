#pragma once

// Text as Java has it: a character beyond U+FFFF is two codes, and half of one is a question mark
// where it becomes UTF-8 again.

#include <string>
#include <string_view>

namespace millrace::function {

std::u16string to_utf16(std::string_view text);
std::string from_utf16(std::u16string_view codes);

}  // namespace millrace::function
