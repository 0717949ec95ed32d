#pragma once

// What a client is handed to come again with: iterators and the tokens of lists. They are opaque to
// it, age, and carry a CRC, so that one that was cut off or mixed up is told from one that is none.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.h"
#include "base/time.h"
#include "kafka/uuid.h"

namespace millrace::kinesis {

// How long they are taken, as at AWS.
constexpr Duration kTokenLife = Duration::seconds(300);

// The next record to read of a shard.
struct ShardIterator {
  kafka::Uuid stream;  // by its topic's id: one of the same name that comes later is another
  int32_t shard = 0;
  Offset next;
  Timestamp made;
};
std::string to_text(const ShardIterator& iterator);
std::optional<ShardIterator> parse_shard_iterator(std::string_view text);

// Where a list of shards goes on.
struct ShardListToken {
  kafka::Uuid stream;
  int32_t next = 0;
  Timestamp made;
};
std::string to_text(const ShardListToken& token);
std::optional<ShardListToken> parse_shard_list_token(std::string_view text);

// Where a list of streams goes on: behind this name.
struct StreamListToken {
  std::string behind;
  Timestamp made;
};
std::string to_text(const StreamListToken& token);
std::optional<StreamListToken> parse_stream_list_token(std::string_view text);

}  // namespace millrace::kinesis
