#include "base/hex.h"

#include <cstdint>

namespace millrace {

static void append_digits(std::string_view bytes, std::string_view digits, std::string& out) {
  for (const char byte : bytes) {
    out += digits[static_cast<uint8_t>(byte) >> 4];
    out += digits[static_cast<uint8_t>(byte) & 15];
  }
}

void append_hex(std::string_view bytes, std::string& out) {
  append_digits(bytes, "0123456789abcdef", out);
}

void append_large_hex(std::string_view bytes, std::string& out) {
  append_digits(bytes, "0123456789ABCDEF", out);
}

}  // namespace millrace
