// DescribeLimits: how many shards there are, and may be.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DescribeLimits.html

#include <algorithm>

#include "kinesis/calls.h"
#include "topic/store.h"

namespace millrace::kinesis {

// The greatest number that the API can say: nothing here limits them.
static constexpr int64_t kUnlimited = 1'000'000;

void describe_limits(const Call& call, Writer& out) {
  int64_t shards = 0;
  int64_t on_demand = 0;
  for (const auto& stream : call.service.topics().list()) {
    if (is_stream(stream->name)) {
      shards += static_cast<int64_t>(stream->partitions.size());
      on_demand += call.service.notes_of(*stream).mode == StreamMode::on_demand ? 1 : 0;
    }
  }
  out.begin_object();
  out.number("ShardLimit", kUnlimited);
  out.number("OpenShardCount", std::min(shards, kUnlimited));
  out.number("OnDemandStreamCount", std::min(on_demand, kUnlimited));
  out.number("OnDemandStreamCountLimit", kUnlimited);
  out.end_object();
}

}  // namespace millrace::kinesis
