#include "function/value/utf16.h"

#include "base/utf8.h"
#include "function/value/utf8.h"

namespace millrace::function {

std::u16string to_utf16(std::string_view text) {
  std::u16string codes;
  for (size_t at = 0; at < text.size();) {
    const uint32_t code = take_code_point(text, at);
    if (code < 0x10000) {
      codes += static_cast<char16_t>(code);
    } else {
      codes += static_cast<char16_t>(0xD800 + ((code - 0x10000) >> 10));
      codes += static_cast<char16_t>(0xDC00 + ((code - 0x10000) & 0x3FF));
    }
  }
  return codes;
}

std::string from_utf16(std::u16string_view codes) {
  std::string text;
  for (size_t at = 0; at < codes.size(); ++at) {
    const uint32_t code = codes[at];
    const uint32_t next = at + 1 < codes.size() ? codes[at + 1] : 0U;
    if (code < 0xD800 || code >= 0xE000) {
      append_utf8(code, text);
    } else if (code < 0xDC00 && next >= 0xDC00 && next < 0xE000) {
      append_utf8(0x10000 + ((code - 0xD800) << 10) + (next - 0xDC00), text);
      ++at;
    } else {
      text += '?';
    }
  }
  return text;
}

}  // namespace millrace::function
