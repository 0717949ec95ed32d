#pragma once

// Where records end in a file: at the end of a line, which is no end within the quotes of a CSV
// field.

#include <cstddef>
#include <optional>
#include <string_view>

namespace millrace::codec {

struct Framing {
  std::optional<char> quote = std::nullopt;   // of CSV: lines within quotes go on
  std::optional<char> escape = std::nullopt;  // of CSV: takes the next character's meaning away
};

struct RecordEnd {
  size_t size;            // of the record, without '\n' or '\r' '\n'
  size_t with_delimiter;  // where the next one begins
};

// The end of the record that `bytes` begin with; nothing where they do not hold it.
std::optional<RecordEnd> find_record_end(std::string_view bytes, const Framing& framing);

std::string_view without_carriage_return(std::string_view line);

}  // namespace millrace::codec
