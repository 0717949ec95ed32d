#include "function/value/pattern_items.h"

#include <algorithm>

#include "base/error.h"

namespace millrace::function {

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::vector<PatternItem> pattern_items(std::string_view pattern, std::string_view letters) {
  std::vector<PatternItem> items;
  for (size_t i = 0; i < pattern.size();) {
    const char c = pattern[i];
    if (c == '\'') {
      const size_t end = pattern.find('\'', i + 1);
      if (end == std::string_view::npos) {
        throw Error(ErrorCode::invalid_argument,
                    "a quote is not closed in the time pattern '" + std::string(pattern) + "'");
      }
      const std::string_view text = pattern.substr(i + 1, end - i - 1);
      items.push_back({0, 0, text.empty() ? "'" : std::string(text)});
      i = end + 1;
    } else if (!is_letter(c) && letters.find(c) == std::string_view::npos) {
      items.push_back({0, 0, std::string(1, c)});
      ++i;
    } else if (letters.find(c) == std::string_view::npos) {
      throw Error(ErrorCode::invalid_argument, "letter " + std::string(1, c) +
                                                   " of the time pattern '" + std::string(pattern) +
                                                   "' is not supported");
    } else {
      const size_t end = std::min(pattern.find_first_not_of(c, i), pattern.size());
      items.push_back({c, end - i, ""});
      i = end;
    }
  }
  return items;
}

}  // namespace millrace::function
