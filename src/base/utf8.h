#pragma once

// Bytes that should be UTF-8, and what stands in their place where they are not.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace millrace {

struct Utf8Piece {
  size_t size = 0;
  bool well_formed = false;
};
// The character at the front of `bytes`; where there is none, as many bytes as one could begin
// with, at least one. `bytes` is not empty.
Utf8Piece utf8_front(std::string_view bytes);

bool is_utf8(std::string_view bytes);
// The character of this code, U+10FFFF at most.
void append_utf8(uint32_t code, std::string& out);
// Each malformed piece becomes U+FFFD, as in Java and in browsers.
std::string with_replacements(std::string_view bytes);
// Each byte of a malformed piece becomes \xNN: for people, who may want to know which it was.
std::string with_escapes(std::string_view bytes);

}  // namespace millrace
