#pragma once

// What patterns of times are made of, whichever class of Java's gives the letters their meaning:
// runs of one letter, text between quotes, and characters that stand for themselves.

#include <string>
#include <string_view>
#include <vector>

namespace millrace::function {

struct PatternItem {
  char letter = 0;   // 0 for text
  size_t count = 0;  // of letters
  std::string text;
};

// Throws Error(invalid_argument) for a letter that is not among `letters`, and for a quote that is
// not closed. Other characters are letters too where they are among them.
std::vector<PatternItem> pattern_items(std::string_view pattern, std::string_view letters);

}  // namespace millrace::function
