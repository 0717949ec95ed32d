#include "kinesis/shard_limits.h"

#include <algorithm>

namespace millrace::kinesis {

// After this every allowance is full again, but for debts that are larger than AWS lets them get.
static constexpr Duration kForgotten = Duration::seconds(60);

bool Allowance::has(int64_t amount, int64_t per_second, Instant now) {
  if (per_second == 0) {
    return true;
  }
  const auto most = static_cast<double>(per_second);
  if (filled_ == Instant{INT64_MIN}) {
    left_ = most;
  } else {
    left_ = std::min(most, left_ + (now - filled_).as_seconds() * most);
  }
  filled_ = now;
  return left_ >= std::min(static_cast<double>(amount), most);
}

ShardLimits::Allowances& ShardLimits::allowances_of(const Shard& shard, Instant now) {
  if (shards_.size() >= most_watched_) {
    std::erase_if(shards_, [&](const auto& entry) { return now - entry.second.used > kForgotten; });
    most_watched_ = std::max<size_t>(1000, shards_.size() * 2);
  }
  Allowances& allowances = shards_[shard];
  allowances.used = now;
  return allowances;
}

bool ShardLimits::admit_write(const Shard& shard, size_t bytes, Instant now) {
  Allowances& allowances = allowances_of(shard, now);
  const auto size = static_cast<int64_t>(bytes);
  if (!allowances.write_bytes.has(size, options_.write_bytes, now) ||
      !allowances.write_records.has(1, options_.write_records, now)) {
    return false;
  }
  allowances.write_bytes.take(size);
  allowances.write_records.take(1);
  return true;
}

bool ShardLimits::admit_read(const Shard& shard, Instant now) {
  Allowances& allowances = allowances_of(shard, now);
  if (!allowances.read_bytes.has(1, options_.read_bytes, now) ||
      !allowances.reads.has(1, options_.reads, now)) {
    return false;
  }
  allowances.reads.take(1);
  return true;
}

void ShardLimits::note_read(const Shard& shard, size_t bytes) {
  const auto found = shards_.find(shard);
  if (found != shards_.end()) {
    found->second.read_bytes.take(static_cast<int64_t>(bytes));
  }
}

}  // namespace millrace::kinesis
