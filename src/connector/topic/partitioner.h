#pragma once

// Which partition a record goes to: by its key as Kafka's own clients have it, so that records of
// one key meet whoever wrote them; those without a key as 'sink.partitioner' says.

#include <cstdint>
#include <optional>
#include <string_view>

namespace millrace::connector {

// Murmur2 as Kafka's Java client computes it.
uint32_t murmur2(std::string_view key);

class Partitioner {
 public:
  enum class Keyless : uint8_t {
    together,     // the records of one batch in one partition, those of the next in the next
    fixed,        // all in one
    round_robin,  // one after the other
  };

  Partitioner(Keyless keyless, size_t partitions) : keyless_(keyless), partitions_(partitions) {}

  size_t partition_of(std::optional<std::string_view> key);
  // A batch of records is full.
  void next_batch() { turn_ += keyless_ == Keyless::together ? 1 : 0; }

 private:
  Keyless keyless_;
  size_t partitions_;
  size_t turn_ = 0;
};

}  // namespace millrace::connector
