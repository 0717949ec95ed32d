#pragma once

// Texts taken apart.

#include <string_view>
#include <vector>

namespace millrace {

// What stands between the separators: one piece more than there are of them, perhaps empty ones.
std::vector<std::string_view> split(std::string_view text, char separator);
// Without these characters at its ends.
std::string_view trimmed(std::string_view text, std::string_view blanks = " ");

}  // namespace millrace
