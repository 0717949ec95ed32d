#pragma once

// What a text must hold for a regular expression to fit a part of it, by which most texts that do
// not fit are told without running the expression, and most that do are entered at the right place.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::function {

struct RequiredText {
  std::string text;  // empty where none is found
  // How many bytes of a fit may stand before the text, at most; nothing where there is no bound.
  std::optional<size_t> most_before = 0;
};

// The longest run of characters that stand for themselves, outside of groups, once or more. Only
// plain expressions are understood; of others nothing is required.
RequiredText required_text(std::string_view pattern);

}  // namespace millrace::function
