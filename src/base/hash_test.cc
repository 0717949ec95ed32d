#include "base/hash.h"

#include <doctest/doctest.h>

#include <string>

namespace millrace {

// By the definition, a bit at a time.
static uint32_t crc32c_by_bits(std::string_view bytes) {
  uint32_t crc = 0xFFFFFFFF;
  for (const char byte : bytes) {
    crc ^= static_cast<uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78U : 0);
    }
  }
  return ~crc;
}

TEST_CASE("the CRC of a text is what its definition gives, however long the text is") {
  CHECK(crc32c("123456789") == 0xE3069283);
  std::string text;
  for (uint64_t i = 0; text.size() < 10'000; ++i) {
    text += static_cast<char>(mix(7, i));
  }
  for (size_t size = 0; size <= text.size(); size += size < 40 ? 1 : 509) {
    CAPTURE(size);
    const std::string_view part = std::string_view(text).substr(text.size() - size);
    CHECK(crc32c(part) == crc32c_by_bits(part));
  }
}

TEST_CASE("a CRC goes on where another ended") {
  const std::string text(7'000, 'x');
  const uint32_t begun = crc32c(std::string_view(text).substr(0, 3'500));
  CHECK(crc32c(std::string_view(text).substr(3'500), begun) == crc32c(text));
}

}  // namespace millrace
