#pragma once

// Base64 with its standard letters and padding: how formats of text carry bytes.

#include <optional>
#include <string>
#include <string_view>

namespace millrace::codec {

void append_base64(std::string_view bytes, std::string& out);
// Nothing where the text is not base64. Padding may be missing; nothing follows it.
std::optional<std::string> bytes_of_base64(std::string_view text);

}  // namespace millrace::codec
