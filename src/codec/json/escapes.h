#pragma once

// Strings of JSON with escapes, among them those of half a character, which Java writes and
// simdjson refuses.

#include <simdjson.h>

#include <string>
#include <string_view>

namespace millrace::codec {

// What is written between the quotes of a string: `raw` begins behind the first of them.
std::string_view string_at(std::string_view raw);

// What simdjson made of a string, or where that knows no half characters, we, in `whole`. Each half
// is a question mark, as it is where Java writes such text.
simdjson::error_code unescaped(simdjson::simdjson_result<std::string_view>&& read,
                               std::string_view raw, std::string_view& text, std::string& whole);

}  // namespace millrace::codec
