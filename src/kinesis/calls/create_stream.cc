// CreateStream: makes a topic with as many partitions as the stream has shards. It is there when
// the call returns, ACTIVE at once.
// https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html

#include "kinesis/stream_description.h"

namespace millrace::kinesis {

namespace {

constexpr int64_t kShardsOnDemand = 4;
constexpr int64_t kMostShards = 10'000;  // of a stream

int64_t shards_of(const Parameters& in, StreamMode mode) {
  const auto count = in.number("ShardCount", 1, INT32_MAX);
  in.check();
  if (mode == StreamMode::on_demand) {
    if (count) {
      throw Refusal(Fault::validation,
                    "ShardCount must not be given for a stream whose StreamMode is ON_DEMAND.");
    }
    return kShardsOnDemand;
  }
  if (!count) {
    throw Refusal(Fault::validation,
                  "ShardCount must be given for a stream whose StreamMode is PROVISIONED.");
  }
  if (*count > kMostShards) {
    throw Refusal(Fault::limit_exceeded, "A stream has " + std::to_string(kMostShards) +
                                             " shards at most; " + std::to_string(*count) +
                                             " were asked for.");
  }
  return *count;
}

void check_may_create(const Caller& caller, const std::string& name) {
  if (caller.access.fault_at_cluster(broker::Operation::create) != kafka::ErrorCode::none &&
      caller.access.fault_at_topic(broker::Operation::create, name) != kafka::ErrorCode::none) {
    throw Refusal(Fault::access_denied,
                  caller.principal + " may not create " + arn_of(caller, name));
  }
}

std::shared_ptr<const topic::Topic> make(const Call& call, const std::string& name, int64_t shards,
                                         int64_t record_kib) {
  if (const auto fault = topic::fault_in_topic_name(name); !fault.empty() || !is_stream(name)) {
    throw Refusal(Fault::invalid_argument,
                  "'" + name + "' cannot be a stream's name: it cannot be a topic's");
  }
  const auto made =
      call.service.topics().create(name, static_cast<int32_t>(shards),
                                   {{"retention.ms", retention_setting(kLeastRetentionHours)},
                                    {"max.message.bytes", batch_bytes_setting(record_kib)}});
  if (made.ok()) {
    return *made;
  }
  if (made.error().code() == ErrorCode::already_exists) {
    throw Refusal(Fault::resource_in_use, "Stream " + name + " under account " +
                                              std::string(kAccount) + " already exists.");
  }
  throw made.error();
}

}  // namespace

void create_stream(const Call& call, Writer&) {
  const std::string name = call.in.required_text("StreamName", kNameRule);
  const StreamMode mode = stream_mode(call.in).value_or(StreamMode::provisioned);
  const int64_t record_kib = call.in.number("MaxRecordSizeInKiB", 1024, 10'240).value_or(1024);
  Tags tags = call.in.tags("Tags");
  call.in.refuse("WarmThroughputMiBps");
  call.in.refuse("RecordDistributionStrategy");
  const int64_t shards = shards_of(call.in, mode);
  check_may_create(call.caller, name);
  const auto stream = make(call, name, shards, record_kib);
  call.service.replace_notes(*stream, {.mode = mode,
                                       .made = call.service.now(),
                                       .most_record_kib = record_kib,
                                       .tags = std::move(tags)});
}

}  // namespace millrace::kinesis
