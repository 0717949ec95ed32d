#pragma once

// CRC-32C (Castagnoli) guards bytes on disk and on the wire; mix() and hash_bytes() place keys in
// tables. Hashes are not stable across versions and never written down; CRCs are.

#include <cstdint>
#include <string_view>

namespace millrace {

uint32_t crc32c(std::string_view bytes, uint32_t seed = 0);

inline uint64_t mix(uint64_t a, uint64_t b) {
  const auto product =
      static_cast<unsigned __int128>(a ^ 0x9E3779B97F4A7C15ULL) * (b ^ 0xBF58476D1CE4E5B9ULL);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

uint64_t hash_bytes(std::string_view bytes, uint64_t seed = 0);

}  // namespace millrace
