#include "kinesis/shard_limits.h"

#include <doctest/doctest.h>

namespace millrace::kinesis {

namespace {

constexpr Instant after(int64_t ms) { return {ms * 1'000'000}; }

ShardLimits::Shard shard_numbered(int32_t number) { return {kafka::Uuid{}, number}; }

}  // namespace

TEST_CASE("a shard takes its records of a second, and the next ones as time passes") {
  ShardLimits limits({.write_bytes = 1000, .write_records = 10, .reads = 5, .read_bytes = 2000});
  const auto shard = shard_numbered(0);
  for (int i = 0; i < 10; ++i) {
    CHECK(limits.admit_write(shard, 1, after(0)));
  }
  CHECK_FALSE(limits.admit_write(shard, 1, after(0)));
  CHECK(limits.admit_write(shard_numbered(1), 1, after(0)));  // another one's are its own
  CHECK_FALSE(limits.admit_write(shard, 1, after(99)));
  CHECK(limits.admit_write(shard, 1, after(101)));
  CHECK_FALSE(limits.admit_write(shard, 1, after(102)));
}

TEST_CASE("a record larger than a second's worth passes, and is paid for later") {
  ShardLimits limits({.write_bytes = 1000, .write_records = 10, .reads = 5, .read_bytes = 2000});
  const auto shard = shard_numbered(0);
  CHECK(limits.admit_write(shard, 1500, after(0)));
  CHECK_FALSE(limits.admit_write(shard, 1, after(400)));
  CHECK(limits.admit_write(shard, 1, after(502)));
}

TEST_CASE("reads are limited by their number and by what they gave") {
  ShardLimits limits({.write_bytes = 1000, .write_records = 10, .reads = 5, .read_bytes = 2000});
  const auto shard = shard_numbered(0);
  for (int i = 0; i < 5; ++i) {
    CHECK(limits.admit_read(shard, after(0)));
  }
  CHECK_FALSE(limits.admit_read(shard, after(0)));
  CHECK(limits.admit_read(shard, after(1000)));
  limits.note_read(shard, 10'000);
  CHECK_FALSE(limits.admit_read(shard, after(4900)));  // as at AWS: none for about five seconds
  CHECK(limits.admit_read(shard, after(5010)));
}

TEST_CASE("no limit is none, and shards long unused are forgotten") {
  ShardLimits limits({.write_bytes = 0, .write_records = 0, .reads = 0, .read_bytes = 0});
  for (int32_t number = 0; number < 5000; ++number) {
    CHECK(limits.admit_write(shard_numbered(number), 1 << 30, after(int64_t{number} * 1000)));
    CHECK(limits.admit_read(shard_numbered(number), after(int64_t{number} * 1000)));
  }
  CHECK(limits.watched() <= 1000);
}

}  // namespace millrace::kinesis
