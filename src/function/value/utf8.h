#pragma once

// Strings count in code points. Bytes that are not UTF-8 count one each.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace millrace::function {

inline bool is_continuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

inline size_t count_characters(std::string_view text) {
  size_t count = 0;
  for (const char c : text) {
    count += is_continuation(c) ? 0 : 1;
  }
  return count;
}

// The byte at which the character of this number begins, or the end.
inline size_t byte_of_character(std::string_view text, size_t number) {
  size_t at = 0;
  while (number > 0 && at < text.size()) {
    ++at;
    while (at < text.size() && is_continuation(text[at])) {
      ++at;
    }
    --number;
  }
  return at;
}

// Bytes of the character at the front; 0 for no text.
inline size_t first_character_size(std::string_view text) { return byte_of_character(text, 1); }

}  // namespace millrace::function
