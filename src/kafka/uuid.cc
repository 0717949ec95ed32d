#include "kafka/uuid.h"

#include "base/bytes.h"
#include "base/hex.h"
#include "base/random.h"

namespace millrace::kafka {

std::string Uuid::to_hex() const {
  std::string text;
  append_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, text);
  return text;
}

static int digit_of(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

std::optional<Uuid> Uuid::from_hex(std::string_view text) {
  Uuid id;
  if (text.size() != 2 * id.bytes.size()) {
    return std::nullopt;
  }
  for (size_t i = 0; i < id.bytes.size(); ++i) {
    const int high = digit_of(text[2 * i]);
    const int low = digit_of(text[2 * i + 1]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    id.bytes[i] = static_cast<char>(high << 4 | low);
  }
  return id;
}

Uuid Uuid::make(Random& random) {
  Uuid id;
  store<uint64_t, Endian::big>(random.next(), id.bytes.data());
  store<uint64_t, Endian::big>(random.next(), id.bytes.data() + 8);
  // RFC 4122's marks of a random id, so that other tools read it as one.
  id.bytes[6] = static_cast<char>((id.bytes[6] & 0x0F) | 0x40);
  id.bytes[8] = static_cast<char>((id.bytes[8] & 0x3F) | 0x80);
  return id;
}

}  // namespace millrace::kafka
