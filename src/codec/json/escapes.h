#pragma once

// Strings of JSON with escapes, among them those of half a character, which Java writes and
// simdjson refuses.

#include <string>
#include <string_view>

namespace millrace::codec {

// What is written between the quotes of a string: `raw` begins behind the first of them.
std::string_view string_at(std::string_view raw);

// Puts into `whole` what a string says that has half characters: each is a question mark, as it is
// where Java writes such text. False where it has none, or is no string beyond them.
bool read_halves(std::string_view raw, std::string& whole);

}  // namespace millrace::codec
