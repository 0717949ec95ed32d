#include "base/hash.h"

#include <array>
#include <cstring>

namespace millrace {

namespace {

constexpr std::array<uint32_t, 256> make_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78U : 0);
    }
    table[i] = crc;
  }
  return table;
}

constexpr std::array<uint32_t, 256> kTable = make_table();

uint32_t crc_by_table(const char* at, size_t size, uint32_t crc) {
  for (size_t i = 0; i < size; ++i) {
    crc = (crc >> 8) ^ kTable[(crc ^ static_cast<uint8_t>(at[i])) & 0xFF];
  }
  return crc;
}

#if defined(__x86_64__)
// One crc32 instruction a step has a latency of three cycles; three independent streams would hide
// it, at the price of a combination step. 8 B per 3 cycles is 8 GB/s here, ten times what JSON
// decoding reaches, so one stream is enough.
__attribute__((target("sse4.2"))) uint32_t crc_by_instruction(const char* at, size_t size,
                                                              uint32_t crc) {
  uint64_t wide = crc;
  while (size >= 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    wide = __builtin_ia32_crc32di(wide, word);
    at += 8;
    size -= 8;
  }
  auto narrow = static_cast<uint32_t>(wide);
  for (size_t i = 0; i < size; ++i) {
    narrow = __builtin_ia32_crc32qi(narrow, static_cast<uint8_t>(at[i]));
  }
  return narrow;
}
#endif

}  // namespace

uint32_t crc32c(std::string_view bytes, uint32_t seed) {
  const uint32_t start = ~seed;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) {
    return ~crc_by_instruction(bytes.data(), bytes.size(), start);
  }
#endif
  return ~crc_by_table(bytes.data(), bytes.size(), start);
}

uint64_t hash_bytes(std::string_view bytes, uint64_t seed) {
  uint64_t hash = mix(seed, bytes.size());
  const char* at = bytes.data();
  size_t left = bytes.size();
  while (left >= 8) {
    uint64_t word;
    std::memcpy(&word, at, 8);
    hash = mix(hash, word);
    at += 8;
    left -= 8;
  }
  if (left > 0) {
    uint64_t word = 0;
    std::memcpy(&word, at, left);
    hash = mix(hash, word);
  }
  return hash;
}

}  // namespace millrace
