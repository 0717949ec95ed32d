#pragma once

// Strings count in code points. Bytes that are not UTF-8 count one each.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace millrace::function {

inline bool is_continuation(char c) { return (static_cast<uint8_t>(c) & 0xC0) == 0x80; }

// How many of eight bytes continue a character: a one in each, and all of them added up.
inline size_t count_continuations(uint64_t eight) {
  constexpr uint64_t kOnes = 0x0101010101010101ULL;
  return (((eight >> 7) & ~(eight >> 6) & kOnes) * kOnes) >> 56;
}

inline size_t count_characters(std::string_view text) {
  uint64_t word = 0;
  size_t continuations = 0;
  size_t at = 0;
  for (; at + sizeof(word) <= text.size(); at += sizeof(word)) {
    std::memcpy(&word, text.data() + at, sizeof(word));
    continuations += count_continuations(word);
  }
  // What is left: of the last eight bytes those that were not counted, or fewer than eight.
  const size_t rest = text.size() - at;
  if (rest > 0 && at > 0) {
    std::memcpy(&word, text.data() + text.size() - sizeof(word), sizeof(word));
    return text.size() - continuations - count_continuations(word >> 8 * (sizeof(word) - rest));
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
