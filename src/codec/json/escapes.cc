#include "codec/json/escapes.h"

#include <simdjson.h>

#include <charconv>
#include <cstdint>
#include <optional>

namespace millrace::codec {

// The code of an escape \uXXXX at a place of a string; nothing where there is none.
static std::optional<uint32_t> code_at(std::string_view raw, size_t at) {
  uint32_t code = 0;
  if (raw.size() < at + 6 || raw[at] != '\\' || raw[at + 1] != 'u') {
    return std::nullopt;
  }
  const char* digits = raw.data() + at + 2;
  const auto [end, failure] = std::from_chars(digits, digits + 4, code, 16);
  return failure == std::errc() && end == digits + 4 ? std::optional(code) : std::nullopt;
}

// What is written between the quotes of a string, with a question mark for each escape of half a
// character ("\ud83d" alone), as it is where Java writes such text.
static std::string without_halves(std::string_view raw) {
  std::string whole;
  for (size_t at = 0; at < raw.size();) {
    const auto code = code_at(raw, at);
    const bool is_half = code && *code >= 0xD800 && *code < 0xE000;
    const auto next = is_half && *code < 0xDC00 ? code_at(raw, at + 6) : std::nullopt;
    const bool is_pair = next && *next >= 0xDC00 && *next < 0xE000;
    const size_t size = is_pair ? 12 : code ? 6 : raw[at] == '\\' ? 2 : 1;
    whole += is_half && !is_pair ? std::string_view("?") : raw.substr(at, size);
    at += size;
  }
  return whole;
}

std::string_view string_at(std::string_view raw) {
  size_t end = 0;
  while (end < raw.size() && raw[end] != '"') {
    end += raw[end] == '\\' ? 2 : 1;
  }
  return raw.substr(0, end);
}

bool read_halves(std::string_view raw, std::string& whole) {
  const std::string written = without_halves(raw);
  if (written == raw) {
    return false;
  }
  const simdjson::padded_string quoted('"' + written + '"');
  simdjson::ondemand::parser parser;
  simdjson::ondemand::document document;
  std::string_view made;
  if (parser.iterate(quoted).get(document) != simdjson::SUCCESS ||
      document.get_string().get(made) != simdjson::SUCCESS) {
    return false;
  }
  whole = made;
  return true;
}

}  // namespace millrace::codec
