#pragma once

// Regular expressions of java.util.regex, said again for the engines that we have. Java's differ
// from theirs in what . $ \b \s and (?i) mean and in classes, [a-z&&[^aeiou]]: here all of that is
// written out.

#include <optional>
#include <string>
#include <string_view>

namespace millrace::function {

struct TranslatedRegex {
  std::string linear;        // for RE2
  std::string exact;         // for PCRE2, which can say more
  bool needs_exact = false;  // look-around, back references, possessive quantifiers: not for RE2
  // For RE2 only of texts that are ASCII without carriage returns and do not end with a line feed:
  // it has another idea of the ends of lines and words in others.
  bool linear_of_plain_text = false;
};

// Nothing of what Java does not take for a pattern either. Throws Error(unsupported) for what is
// Java's and cannot be said.
std::optional<TranslatedRegex> translate_java_regex(std::string_view pattern);

}  // namespace millrace::function
