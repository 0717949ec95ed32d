#pragma once

// Strings count in code points. Bytes that are not UTF-8 count one each.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace millrace::function {

inline bool is_continuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

// Eight bytes at a time: a one in each that continues a character, and all of them added up.
inline size_t count_characters(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101ULL;
  size_t continuations = 0;
  size_t at = 0;
  for (uint64_t word = 0; at + sizeof(word) <= text.size(); at += sizeof(word)) {
    std::memcpy(&word, text.data() + at, sizeof(word));
    continuations += (((word >> 7) & ~(word >> 6) & kOnes) * kOnes) >> 56;
  }
  for (; at < text.size(); ++at) {
    continuations += is_continuation(text[at]) ? 1 : 0;
  }
  return text.size() - continuations;
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

// The code point at a byte, which then is the one behind it. A byte that is not UTF-8 is its own.
inline uint32_t take_code_point(std::string_view text, size_t& at) {
  const auto first = static_cast<uint8_t>(text[at++]);
  const int rest = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : first >= 0xC0 ? 1 : 0;
  uint32_t code = rest == 0 ? first : first & (0x3FU >> rest);
  for (int i = 0; i < rest && at < text.size() && is_continuation(text[at]); ++i) {
    code = code << 6 | (static_cast<uint8_t>(text[at++]) & 0x3FU);
  }
  return code;
}

}  // namespace millrace::function
