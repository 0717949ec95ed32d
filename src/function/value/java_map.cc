#include "function/value/java_map.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <numeric>

#include "function/value/utf16.h"

namespace millrace::function {

int32_t hash_of_java_string(std::string_view text) {
  uint32_t hash = 0;
  for (const char16_t code : to_utf16(text)) {
    hash = hash * 31 + code;
  }
  return static_cast<int32_t>(hash);
}

// --- MurmurHash3, over words and then over single bytes as if each were a word ---

static uint32_t mixed(uint32_t hash, uint32_t word) {
  word *= 0xCC9E2D51;
  word = std::rotl(word, 15) * 0x1B873593;
  return std::rotl(hash ^ word, 13) * 5 + 0xE6546B64;
}

int32_t hash_of_flink_string(std::string_view text) {
  constexpr uint32_t kSeed = 42;
  uint32_t hash = kSeed;
  size_t at = 0;
  for (; at + sizeof(uint32_t) <= text.size(); at += sizeof(uint32_t)) {
    uint32_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof(word));
    hash = mixed(hash, word);
  }
  for (; at < text.size(); ++at) {
    hash = mixed(hash, static_cast<uint32_t>(static_cast<int8_t>(text[at])));
  }
  hash ^= static_cast<uint32_t>(text.size());
  hash = (hash ^ hash >> 16) * 0x85EBCA6B;
  hash = (hash ^ hash >> 13) * 0xC2B2AE35;
  return static_cast<int32_t>(hash ^ hash >> 16);
}

std::vector<uint32_t> order_in_java_map(const std::vector<int32_t>& hashes, size_t capacity) {
  size_t places = std::bit_ceil(std::max<size_t>(capacity, 1));
  while (hashes.size() * 4 > places * 3) {
    places *= 2;
  }
  const auto place = [&](uint32_t entry) {
    const auto hash = static_cast<uint32_t>(hashes[entry]);
    return (hash ^ hash >> 16) & (places - 1);
  };
  std::vector<uint32_t> order(hashes.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](uint32_t a, uint32_t b) { return place(a) < place(b); });
  return order;
}

}  // namespace millrace::function
