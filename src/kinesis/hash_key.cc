#include "kinesis/hash_key.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/check.h"
#include "io/digests.h"

namespace millrace::kinesis {

namespace {

constexpr HashKey kGreatest = ~HashKey{0};

// 2^128 / shards, rounded down; of several shards, as 2^128 itself is no number here.
HashKey share_of_each(int32_t shards) {
  const auto count = static_cast<HashKey>(shards);
  return kGreatest / count + (kGreatest % count == count - 1 ? 1 : 0);
}

}  // namespace

HashKey hash_key_of(std::string_view partition_key) {
  const std::string digest = io::hash(io::Digest::md5, partition_key);
  return (HashKey{load<uint64_t, Endian::big>(digest.data())} << 64) |
         load<uint64_t, Endian::big>(digest.data() + 8);
}

std::optional<HashKey> parse_hash_key(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos ||
      (text.size() > 1 && text.front() == '0')) {
    return std::nullopt;
  }
  HashKey value = 0;
  for (const char c : text) {
    const auto digit = static_cast<HashKey>(c - '0');
    if (value > (kGreatest - digit) / 10) {
      return std::nullopt;
    }
    value = value * 10 + digit;
  }
  return value;
}

std::string to_text(HashKey key) {
  std::string digits;
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(key % 10)));
    key /= 10;
  } while (key != 0);
  std::reverse(digits.begin(), digits.end());
  return digits;
}

HashKeyRange hash_keys_of(int32_t shard, int32_t shards) {
  check(shard >= 0 && shard < shards, "a shard of the stream");
  if (shards == 1) {
    return {0, kGreatest};
  }
  const HashKey share = share_of_each(shards);
  const auto number = static_cast<HashKey>(shard);
  return {share * number, shard == shards - 1 ? kGreatest : share * (number + 1) - 1};
}

int32_t shard_of(HashKey key, int32_t shards) {
  check(shards > 0, "a stream has shards");
  if (shards == 1) {
    return 0;
  }
  // What the division left over is the last one's.
  return static_cast<int32_t>(
      std::min(key / share_of_each(shards), static_cast<HashKey>(shards - 1)));
}

}  // namespace millrace::kinesis
