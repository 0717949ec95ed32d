#pragma once

// Bytes as hexadecimal digits, two each.

#include <string>
#include <string_view>

namespace millrace {

void append_hex(std::string_view bytes, std::string& out);        // "7f"
void append_large_hex(std::string_view bytes, std::string& out);  // "7F"
inline void append_large_hex(char byte, std::string& out) { append_large_hex({&byte, 1}, out); }

}  // namespace millrace
