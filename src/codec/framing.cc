#include "codec/framing.h"

#include <cstring>

namespace millrace::codec {

std::string_view without_carriage_return(std::string_view line) {
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  return line;
}

// The first '\n' outside of quotes; npos where there is none.
static size_t end_of_quoted_line(std::string_view bytes, const Framing& framing) {
  bool quoted = false;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (framing.escape && bytes[i] == *framing.escape) {
      ++i;
    } else if (bytes[i] == *framing.quote) {
      quoted = !quoted;
    } else if (bytes[i] == '\n' && !quoted) {
      return i;
    }
  }
  return std::string_view::npos;
}

std::optional<RecordEnd> find_record_end(std::string_view bytes, const Framing& framing) {
  if (bytes.empty()) {
    return std::nullopt;
  }
  const void* found = std::memchr(bytes.data(), '\n', bytes.size());
  if (found == nullptr) {
    return std::nullopt;
  }
  auto end = static_cast<size_t>(static_cast<const char*>(found) - bytes.data());
  if (framing.quote && bytes.substr(0, end).find(*framing.quote) != std::string_view::npos) {
    end = end_of_quoted_line(bytes, framing);
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
  }
  return RecordEnd{without_carriage_return(bytes.substr(0, end)).size(), end + 1};
}

}  // namespace millrace::codec
