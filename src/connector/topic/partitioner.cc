#include "connector/topic/partitioner.h"

#include <cstring>

namespace millrace::connector {

uint32_t murmur2(std::string_view key) {
  constexpr uint32_t kSeed = 0x9747B28C;
  constexpr uint32_t kMultiplier = 0x5BD1E995;
  constexpr int kShift = 24;
  uint32_t hash = kSeed ^ static_cast<uint32_t>(key.size());
  for (; key.size() >= 4; key.remove_prefix(4)) {
    uint32_t word;
    std::memcpy(&word, key.data(), sizeof(word));
    word *= kMultiplier;
    word ^= word >> kShift;
    hash = (hash * kMultiplier) ^ (word * kMultiplier);
  }
  for (size_t i = key.size(); i-- > 0;) {
    hash ^= static_cast<uint32_t>(static_cast<uint8_t>(key[i])) << (8 * i);
  }
  hash *= key.empty() ? 1 : kMultiplier;
  hash ^= hash >> 13;
  hash *= kMultiplier;
  return hash ^ (hash >> 15);
}

size_t Partitioner::partition_of(std::optional<std::string_view> key) {
  if (key) {
    return (murmur2(*key) & 0x7FFFFFFF) % partitions_;
  }
  const size_t turn = turn_;
  turn_ += keyless_ == Keyless::round_robin ? 1 : 0;
  return turn % partitions_;
}

}  // namespace millrace::connector
