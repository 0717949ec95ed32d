#pragma once

// What streams have and topics have not: tags, a mode, when they were made. kinesis.json,
// docs/formats/broker.md. A topic that no call ever touched has none.
//
// Not safe to share between threads: calls take turns (endpoint.h).

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "base/time.h"
#include "io/world.h"
#include "kafka/uuid.h"
#include "kinesis/parameters.h"

namespace millrace::kinesis {

// Shards of provisioned streams are limited (shard_limits.h), and those of others are not.
enum class StreamMode : uint8_t { on_demand, provisioned };

struct StreamNotes {
  StreamMode mode = StreamMode::on_demand;
  Timestamp made;  // 1970 where it is not known: a client of Kafka's made it
  int64_t most_record_kib = 1024;
  Tags tags;

  bool operator==(const StreamNotes&) const = default;
};

class AllStreamNotes {
 public:
  // Reads the file in `directory` where there is one. Throws Error(corrupt) where it cannot be read
  // as one.
  AllStreamNotes(io::World world, const std::string& directory);

  const StreamNotes& of(const kafka::Uuid& topic) const;
  // Durable when it returns. Throws what the disk throws; then nothing changed. Notes of topics
  // that `exists` knows no more go with it.
  void replace(const kafka::Uuid& topic, StreamNotes notes,
               const std::function<bool(const kafka::Uuid&)>& exists);

 private:
  const io::World world_;
  const std::string path_;
  const StreamNotes none_;
  std::map<kafka::Uuid, StreamNotes> notes_;
};

}  // namespace millrace::kinesis
