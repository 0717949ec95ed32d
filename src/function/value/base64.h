#pragma once

// Base 64 (RFC 4648).

#include <string>
#include <string_view>

namespace millrace::function {

void append_base64(std::string_view bytes, std::string& out);
// False for what is not in base 64. The signs that fill up the last four digits may be left out,
// all of them.
bool append_from_base64(std::string_view text, std::string& out);

}  // namespace millrace::function
