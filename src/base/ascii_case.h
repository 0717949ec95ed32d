#pragma once

// The letters of ASCII in one case, by which words of SQL and names of functions are compared. All
// other bytes stay as they are, whatever the locale.

#include <string>
#include <string_view>

namespace millrace {

constexpr char to_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);

}  // namespace millrace
