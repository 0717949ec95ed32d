#include "kinesis/service.h"

#include "base/clock.h"
#include "base/metrics.h"
#include "broker/broker.h"
#include "kinesis/shard.h"

namespace millrace::kinesis {

static constexpr size_t kMostNameCharacters = 128;

Service::Service(broker::Broker& broker, const ServiceOptions& options)
    : broker_(broker),
      notes_(broker.world(), options.directory),
      limits_(options.limits),
      refused_for_limits_(broker.world().metrics->counter(
          "millrace_kinesis_throttled_total",
          "Records and reads refused as they exceeded what a shard takes in a second")) {}

topic::Store& Service::topics() const { return broker_.store(); }
Timestamp Service::now() const { return broker_.world().clock->now(); }
Instant Service::monotonic() const { return broker_.world().clock->monotonic(); }

const StreamNotes& Service::notes_of(const topic::Topic& stream) const {
  return notes_.of(stream.id);
}

void Service::replace_notes(const topic::Topic& stream, StreamNotes notes) {
  notes_.replace(stream.id, std::move(notes),
                 [this](const kafka::Uuid& id) { return topics().find(id) != nullptr; });
}

std::string Service::stream_name(const Parameters& in) {
  const auto name = in.text("StreamName", kNameRule);
  const auto arn = in.text("StreamARN", kStreamArnRule);
  in.refuse("StreamId");
  in.check();
  if (!arn) {
    if (!name) {
      throw Refusal(Fault::invalid_argument, "Either StreamName or StreamARN must be provided.");
    }
    return *name;
  }
  std::string named = arn->substr(arn->find('/') + 1);
  if (name && *name != named) {
    throw Refusal(Fault::invalid_argument,
                  "StreamName " + *name + " and StreamARN " + *arn + " name two streams.");
  }
  return named;
}

std::shared_ptr<const topic::Topic> Service::find(const Caller& caller, broker::Operation operation,
                                                  const std::string& name) const {
  if (caller.access.fault_at_topic(operation, name) != kafka::ErrorCode::none) {
    throw Refusal(Fault::access_denied, caller.principal + " may not " +
                                            std::string(broker::name_of(operation)) + " " +
                                            arn_of(caller, name));
  }
  auto stream = is_stream(name) ? topics().find(name) : nullptr;
  if (stream == nullptr) {
    throw Refusal(Fault::resource_not_found,
                  "Stream " + name + " under account " + std::string(kAccount) + " not found.");
  }
  return stream;
}

std::shared_ptr<const topic::Topic> Service::find(const Caller& caller, broker::Operation operation,
                                                  const Parameters& in) const {
  return find(caller, operation, stream_name(in));
}

std::shared_ptr<topic::Partition> Service::shard(const topic::Topic& stream, int32_t index) {
  if (index < 0 || static_cast<size_t>(index) >= stream.partitions.size()) {
    throw Refusal(Fault::resource_not_found, "Shard " + shard_name(std::max(index, 0)) +
                                                 " in stream " + stream.name + " under account " +
                                                 std::string(kAccount) + " does not exist");
  }
  auto partition = stream.partitions[static_cast<size_t>(index)];
  if (partition == nullptr) {
    throw Refusal(Fault::internal_failure, "the log of shard " + shard_name(index) + " in stream " +
                                               stream.name +
                                               " is damaged: the server's log says how");
  }
  return partition;
}

bool is_stream(std::string_view topic) {
  return !broker::is_internal(topic) && topic.size() <= kMostNameCharacters;
}

std::string arn_of(const Caller& caller, std::string_view stream) {
  return "arn:aws:kinesis:" + caller.region + ":" + std::string(kAccount) + ":stream/" +
         std::string(stream);
}

std::string_view mode_name(StreamMode mode) {
  return mode == StreamMode::provisioned ? "PROVISIONED" : "ON_DEMAND";
}

std::string rate_exceeded(int32_t shard, std::string_view stream) {
  return "Rate exceeded for shard " + shard_name(shard) + " in stream " + std::string(stream) +
         " under account " + std::string(kAccount) + ".";
}

}  // namespace millrace::kinesis
