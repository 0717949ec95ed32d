#include "kinesis/hash_key.h"

#include <doctest/doctest.h>

#include "kinesis/shard.h"

namespace millrace::kinesis {

TEST_CASE("a partition key's MD5 is its hash key") {
  CHECK(to_text(hash_key_of("a")) == "16955237001963240173058271559858726497");
  CHECK(to_text(hash_key_of("")) == "281949768489412648962353822266799178366");
}

TEST_CASE("shards share the hash keys as AWS has it") {
  // Of DescribeStream at AWS, for three shards and for two.
  CHECK(to_text(hash_keys_of(0, 3).last) == "113427455640312821154458202477256070484");
  CHECK(to_text(hash_keys_of(1, 3).first) == "113427455640312821154458202477256070485");
  CHECK(to_text(hash_keys_of(1, 3).last) == "226854911280625642308916404954512140969");
  CHECK(to_text(hash_keys_of(0, 2).last) == "170141183460469231731687303715884105727");
  CHECK(to_text(hash_keys_of(0, 1).last) == "340282366920938463463374607431768211455");
}

TEST_CASE("each hash key is of one shard") {
  for (const int32_t shards : {1, 2, 3, 4, 7, 64, 1000, 10'000}) {
    HashKey expected = 0;
    for (int32_t shard = 0; shard < shards; ++shard) {
      const HashKeyRange range = hash_keys_of(shard, shards);
      REQUIRE(range.first == expected);
      REQUIRE(shard_of(range.first, shards) == shard);
      REQUIRE(shard_of(range.last, shards) == shard);
      expected = range.last + 1;
    }
    CHECK(expected == 0);  // behind the greatest
  }
}

TEST_CASE("hash keys are decimal numbers of 128 bits") {
  for (const std::string_view good : {"0", "7", "170141183460469231731687303715884105728",
                                      "340282366920938463463374607431768211455"}) {
    CHECK(to_text(parse_hash_key(good).value()) == good);
  }
  for (const std::string_view bad :
       {"", "-1", "01", "1a", " 1", "340282366920938463463374607431768211456",
        "999999999999999999999999999999999999999"}) {
    CHECK_MESSAGE(!parse_hash_key(bad), bad);
  }
}

TEST_CASE("names of shards and sequence numbers read back, and others are refused") {
  CHECK(shard_name(3) == "shardId-000000000003");
  CHECK(parse_shard_name(shard_name(9999)) == 9999);
  for (const std::string_view bad :
       {"", "shardId-3", "shardId-00000000000x", "shard-000000000003", "shardId--00000000003",
        "shardId-999999999999", "shardId-0000000000003"}) {
    CHECK_MESSAGE(!parse_shard_name(bad), bad);
  }
  const auto place = parse_sequence_number(sequence_number({12, Offset(INT64_MAX)}));
  REQUIRE(place);
  CHECK(place->shard == 12);
  CHECK(place->offset == Offset(INT64_MAX));
  CHECK(sequence_number({0, Offset(9)}) < sequence_number({0, Offset(10)}));
  for (const std::string_view bad :
       {"", "0", "49590338271490256608559692538361571095921575989136588898",
        "50000000000000000000000001", "4000000-000000000000000001", "40000009999999999999999999"}) {
    CHECK_MESSAGE(!parse_sequence_number(bad), bad);
  }
}

}  // namespace millrace::kinesis
