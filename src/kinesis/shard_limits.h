#pragma once

// How much a shard of a provisioned stream takes and gives in a second, as at AWS. What exceeds it
// is refused, and the client comes again.
//
// Not safe to share between threads: calls take turns (endpoint.h).

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>

#include "base/time.h"
#include "kafka/uuid.h"

namespace millrace::kinesis {

// A second's worth; 0: no limit.
struct ShardLimitOptions {
  int64_t write_bytes = 1 << 20;
  int64_t write_records = 1000;
  int64_t reads = 5;
  int64_t read_bytes = 2 << 20;
};

// Fills by `per_second` each second, up to a second's worth.
class Allowance {
 public:
  // A full one always gives, or what is larger than it would never pass; it is then in debt.
  bool has(int64_t amount, int64_t per_second, Instant now);
  void take(int64_t amount) { left_ -= static_cast<double>(amount); }
  bool is_full(int64_t per_second) const { return left_ >= static_cast<double>(per_second); }

 private:
  double left_ = 0;
  Instant filled_{INT64_MIN};  // never: full
};

class ShardLimits {
 public:
  using Shard = std::pair<kafka::Uuid, int32_t>;

  explicit ShardLimits(ShardLimitOptions options) : options_(options) {}

  // Whether a record of this size may be written now; it counts then.
  bool admit_write(const Shard& shard, size_t bytes, Instant now);
  bool admit_read(const Shard& shard, Instant now);
  // Reads are paid for once their size is known.
  void note_read(const Shard& shard, size_t bytes);

  size_t watched() const { return shards_.size(); }

 private:
  struct Allowances {
    Allowance write_bytes;
    Allowance write_records;
    Allowance reads;
    Allowance read_bytes;
    Instant used;
  };
  Allowances& allowances_of(const Shard& shard, Instant now);

  const ShardLimitOptions options_;
  std::map<Shard, Allowances> shards_;  // those that were used lately
  size_t most_watched_ = 1000;          // more: those long unused go
};

}  // namespace millrace::kinesis
