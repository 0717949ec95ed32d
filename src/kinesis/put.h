#pragma once

// Writing records into shards, for the calls that do. A record's partition key becomes the key of a
// Kafka record, its data the value.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/id.h"
#include "kinesis/calls.h"

namespace millrace::kinesis {

struct NewRecord {
  std::string partition_key;
  std::string data;
  int32_t shard = 0;
};

// What became of a record.
struct Put {
  int32_t shard = 0;
  Offset offset;
  std::string error_code;  // empty: written
  std::string message;
};

// The members of a record, of PutRecord itself and of each entry of PutRecords; its shard is chosen
// among `shards`. Faults are for check().
NewRecord new_record(const Parameters& in, int32_t shards);
// Throws Refusal(validation) where it is larger than this stream's may be.
void check_size(const NewRecord& record, const StreamNotes& notes);

// Appends them, in their order within each shard, but for those that exceed a shard's limits, and
// calls `done` on the loop when all that was written is durable as the broker's policy says.
void put(const Call& call, const topic::Topic& stream, std::vector<NewRecord> records,
         std::function<void(std::vector<Put>)> done);

}  // namespace millrace::kinesis
