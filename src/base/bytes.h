#pragma once

// Reading and writing of binary layouts. A reader throws Error(corrupt) instead of passing its end;
// it borrows its bytes.

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace millrace {

enum class Endian : uint8_t { little, big };

template <typename T>
constexpr T swap_bytes(T value) {
  if constexpr (sizeof(T) == 1) {
    return value;
  } else if constexpr (sizeof(T) == 2) {
    return static_cast<T>(__builtin_bswap16(static_cast<uint16_t>(value)));
  } else if constexpr (sizeof(T) == 4) {
    return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
  } else {
    return static_cast<T>(__builtin_bswap64(static_cast<uint64_t>(value)));
  }
}

// Integers in network order (Kafka, Postgres) or little-endian (our own files).
template <typename T, Endian order>
void store(T value, char* to) {
  static_assert(std::is_integral_v<T>);
  const T stored = order == Endian::big ? swap_bytes(value) : value;
  std::memcpy(to, &stored, sizeof(T));
}
template <typename T, Endian order>
T load(const char* from) {
  static_assert(std::is_integral_v<T>);
  T stored;
  std::memcpy(&stored, from, sizeof(T));
  return order == Endian::big ? swap_bytes(stored) : stored;
}

template <Endian order>
class BasicByteReader {
 public:
  explicit BasicByteReader(std::string_view bytes) : rest_(bytes), size_(bytes.size()) {}

  template <typename T>
  T read() {
    return load<T, order>(take(sizeof(T)).data());
  }
  std::string_view take(size_t n) {
    if (n > rest_.size()) {
      refuse(n);
    }
    const std::string_view taken = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return taken;
  }
  uint64_t read_varint();        // unsigned LEB128, at most 10 bytes
  int64_t read_signed_varint();  // zigzag over the same
  std::string_view rest() const { return rest_; }
  size_t position() const { return size_ - rest_.size(); }
  bool empty() const { return rest_.empty(); }

 private:
  [[noreturn]] void refuse(size_t n) const;  // as many bytes

  std::string_view rest_;
  size_t size_;
};

template <Endian order>
class BasicByteWriter {
 public:
  template <typename T>
  void write(T value) {
    char raw[sizeof(T)];
    store<T, order>(value, raw);
    bytes_.append(raw, sizeof(T));
  }
  void write_bytes(std::string_view bytes) { bytes_.append(bytes); }
  void write_varint(uint64_t value);
  void write_signed_varint(int64_t value);
  // Overwrites what was written at `at`: for lengths known only afterwards.
  template <typename T>
  void patch(size_t at, T value) {
    store<T, order>(value, bytes_.data() + at);
  }
  size_t size() const { return bytes_.size(); }
  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

using NetworkReader = BasicByteReader<Endian::big>;
using NetworkWriter = BasicByteWriter<Endian::big>;
using ByteReader = BasicByteReader<Endian::little>;
using ByteWriter = BasicByteWriter<Endian::little>;

}  // namespace millrace
