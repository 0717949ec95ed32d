#pragma once

// Which shard a record goes to: the MD5 of its partition key is a number of 128 bits, and the
// shards share these numbers out among them, each an even part.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::kinesis {

using HashKey = unsigned __int128;

HashKey hash_key_of(std::string_view partition_key);
// Decimal digits, without leading zeros; nothing for another text, and beyond 128 bits.
std::optional<HashKey> parse_hash_key(std::string_view text);
std::string to_text(HashKey key);

// Both ends belong to it.
struct HashKeyRange {
  HashKey first;
  HashKey last;
};
// Of the shard numbered `shard` among `shards`.
HashKeyRange hash_keys_of(int32_t shard, int32_t shards);
int32_t shard_of(HashKey key, int32_t shards);

}  // namespace millrace::kinesis
