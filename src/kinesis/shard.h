#pragma once

// How shards and places in them are named. A shard is a partition of the topic; a record's sequence
// number tells its shard and its offset.
//
//   shardId-000000000003
//   4 000003 0000000000000000042      sequence number: 4, the shard in 6 digits, the offset in 19
//
// Sequence numbers are all of one length, so that they stand in order as texts and as numbers.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"

namespace millrace::kinesis {

std::string shard_name(int32_t shard);
std::optional<int32_t> parse_shard_name(std::string_view name);

struct ShardPlace {
  int32_t shard = 0;
  Offset offset;
};
std::string sequence_number(ShardPlace place);
// Nothing for a number that none of our shards gave.
std::optional<ShardPlace> parse_sequence_number(std::string_view text);

}  // namespace millrace::kinesis
