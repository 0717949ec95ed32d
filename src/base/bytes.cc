#include "base/bytes.h"

#include "base/error.h"

namespace millrace {

template <Endian order>
void BasicByteReader<order>::refuse(size_t n) const {
  throw Error(ErrorCode::corrupt, "needed " + std::to_string(n) + " bytes at position " +
                                      std::to_string(position()) + " of " + std::to_string(size_) +
                                      ", found " + std::to_string(rest_.size()));
}

template <Endian order>
uint64_t BasicByteReader<order>::read_varint() {
  uint64_t value = 0;
  for (int shift = 0; shift < 70; shift += 7) {
    const auto byte = static_cast<uint8_t>(take(1).front());
    value |= static_cast<uint64_t>(byte & 0x7F) << (shift < 64 ? shift : 63);
    if ((byte & 0x80) == 0) {
      return value;
    }
  }
  throw Error(ErrorCode::corrupt,
              "variable-length integer of more than 10 bytes ends at position " +
                  std::to_string(position()));
}

template <Endian order>
int64_t BasicByteReader<order>::read_signed_varint() {
  const uint64_t raw = read_varint();
  return static_cast<int64_t>(raw >> 1) ^ -static_cast<int64_t>(raw & 1);
}

template <Endian order>
void BasicByteWriter<order>::write_varint(uint64_t value) {
  while (value >= 0x80) {
    bytes_.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  bytes_.push_back(static_cast<char>(value));
}

template <Endian order>
void BasicByteWriter<order>::write_signed_varint(int64_t value) {
  write_varint((static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63));
}

template class BasicByteReader<Endian::big>;
template class BasicByteReader<Endian::little>;
template class BasicByteWriter<Endian::big>;
template class BasicByteWriter<Endian::little>;

}  // namespace millrace
