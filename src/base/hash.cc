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
// The instruction takes three cycles and may begin in each: three lanes of a text are summed side
// by side, which makes of 8 GB/s some 20, and put together as if one had followed the other.
constexpr size_t kLaneBytes = 1024;
using LaneTable = std::array<std::array<uint32_t, 256>, 4>;  // by a byte of the sum, and its value

// What a sum becomes by a lane of zeros. It is linear, so that each bit can be looked at alone.
constexpr LaneTable make_lane_table() {
  LaneTable table{};
  for (size_t bit = 0; bit < 32; ++bit) {
    uint32_t crc = uint32_t{1} << bit;
    for (size_t i = 0; i < kLaneBytes; ++i) {
      crc = (crc >> 8) ^ kTable[crc & 0xFF];
    }
    for (size_t value = 0; value < 256; ++value) {
      table[bit / 8][value] ^= (value >> (bit % 8) & 1) != 0 ? crc : 0;
    }
  }
  return table;
}

constexpr LaneTable kLaneTable = make_lane_table();

uint64_t past_a_lane(uint64_t crc) {
  return kLaneTable[0][crc & 0xFF] ^ kLaneTable[1][crc >> 8 & 0xFF] ^
         kLaneTable[2][crc >> 16 & 0xFF] ^ kLaneTable[3][crc >> 24 & 0xFF];
}

__attribute__((target("sse4.2"))) uint64_t add_word(uint64_t crc, const char* at) {
  uint64_t word;
  std::memcpy(&word, at, 8);
  return __builtin_ia32_crc32di(crc, word);
}

__attribute__((target("sse4.2"))) uint32_t crc_by_instruction(const char* at, size_t size,
                                                              uint32_t crc) {
  uint64_t first = crc;
  for (; size >= 3 * kLaneBytes; size -= 3 * kLaneBytes, at += 3 * kLaneBytes) {
    uint64_t second = 0;
    uint64_t third = 0;
    for (size_t i = 0; i < kLaneBytes; i += 8) {
      first = add_word(first, at + i);
      second = add_word(second, at + kLaneBytes + i);
      third = add_word(third, at + 2 * kLaneBytes + i);
    }
    first = past_a_lane(past_a_lane(first) ^ second) ^ third;
  }
  for (; size >= 8; size -= 8, at += 8) {
    first = add_word(first, at);
  }
  auto narrow = static_cast<uint32_t>(first);
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
