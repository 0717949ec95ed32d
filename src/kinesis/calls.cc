#include "kinesis/calls.h"

#include <algorithm>

namespace millrace::kinesis {

namespace {

template <void (*write)(const Call&, Writer&)>
void answer(const Call& call, const std::shared_ptr<Reply>& reply) {
  write(call, reply->out());
  reply->send_body();
}

constexpr std::string_view kFixedShards =
    "a shard is a partition of the topic, which is neither split nor merged; make a stream with "
    "the shards that it will need, or add partitions with 'millrace topic', which moves hash keys";
constexpr std::string_view kNoFanOut =
    "there is no enhanced fan-out; read with GetRecords, which no other consumer slows down here "
    "(KCL: a PollingConfig)";
constexpr std::string_view kNoMetrics = "metrics are at /metrics of the HTTP port";
constexpr std::string_view kNoKeys = "there is no KMS, and records are not encrypted by the server";
constexpr std::string_view kNoPolicies =
    "who may do what is said with 'millrace acl', for all clients of the broker";
constexpr std::string_view kNoAccounts = "there are no accounts and no bills";

constexpr CallDescription kCalls[] = {
    {"AddTagsToStream", answer<add_tags_to_stream>},
    {"CreateStream", answer<create_stream>},
    {"DecreaseStreamRetentionPeriod", answer<decrease_stream_retention_period>},
    {"DeleteStream", answer<delete_stream>},
    {"DescribeLimits", answer<describe_limits>},
    {"DescribeStream", answer<describe_stream>},
    {"DescribeStreamSummary", answer<describe_stream_summary>},
    {"GetRecords", answer<get_records>},
    {"GetShardIterator", answer<get_shard_iterator>},
    {"IncreaseStreamRetentionPeriod", answer<increase_stream_retention_period>},
    {"ListShards", answer<list_shards>},
    {"ListStreamConsumers", answer<list_stream_consumers>},
    {"ListStreams", answer<list_streams>},
    {"ListTagsForResource", answer<list_tags_for_resource>},
    {"ListTagsForStream", answer<list_tags_for_stream>},
    {"PutRecord", put_record},
    {"PutRecords", put_records},
    {"RemoveTagsFromStream", answer<remove_tags_from_stream>},
    {"TagResource", answer<tag_resource>},
    {"UntagResource", answer<untag_resource>},
    {"UpdateMaxRecordSize", answer<update_max_record_size>},
    {"UpdateStreamMode", answer<update_stream_mode>},

    {"MergeShards", nullptr, kFixedShards},
    {"SplitShard", nullptr, kFixedShards},
    {"UpdateShardCount", nullptr, kFixedShards},
    {"DeregisterStreamConsumer", nullptr, kNoFanOut},
    {"DescribeStreamConsumer", nullptr, kNoFanOut},
    {"RegisterStreamConsumer", nullptr, kNoFanOut},
    {"SubscribeToShard", nullptr, kNoFanOut},
    {"DisableEnhancedMonitoring", nullptr, kNoMetrics},
    {"EnableEnhancedMonitoring", nullptr, kNoMetrics},
    {"StartStreamEncryption", nullptr, kNoKeys},
    {"StopStreamEncryption", nullptr, kNoKeys},
    {"DeleteResourcePolicy", nullptr, kNoPolicies},
    {"GetResourcePolicy", nullptr, kNoPolicies},
    {"PutResourcePolicy", nullptr, kNoPolicies},
    {"DescribeAccountSettings", nullptr, kNoAccounts},
    {"UpdateAccountSettings", nullptr, kNoAccounts},
    {"UpdateStreamWarmThroughput", nullptr, kNoAccounts},
};

}  // namespace

std::span<const CallDescription> all_calls() { return kCalls; }

const CallDescription* find_call(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kCalls), std::end(kCalls),
                   [name](const CallDescription& call) { return call.name == name; });
  return found == std::end(kCalls) ? nullptr : found;
}

}  // namespace millrace::kinesis
