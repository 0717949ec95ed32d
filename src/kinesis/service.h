#pragma once

// What the calls of calls/ work on. Calls take turns, away from the loop; broker() is for what may
// be touched there (broker.h).

#include <memory>
#include <string>
#include <string_view>

#include "base/time.h"
#include "broker/access/access.h"
#include "kinesis/parameters.h"
#include "kinesis/refusal.h"
#include "kinesis/shard_limits.h"
#include "kinesis/stream_notes.h"

namespace millrace {
class Counter;
}
namespace millrace::broker {
class Broker;
}
namespace millrace::topic {
class Partition;
class Store;
struct Topic;
}  // namespace millrace::topic

namespace millrace::kinesis {

struct ServiceOptions {
  std::string directory;  // for kinesis.json
  ShardLimitOptions limits;
};

// Who asks, and for which region: it is a part of names of resources, and nothing else.
struct Caller {
  broker::Access access;
  std::string principal;
  std::string region;
};

class Service {
 public:
  // `broker` outlives it.
  Service(broker::Broker& broker, const ServiceOptions& options);

  broker::Broker& broker() const { return broker_; }
  topic::Store& topics() const;
  ShardLimits& limits() { return limits_; }
  Counter& refused_for_limits() { return refused_for_limits_; }
  Timestamp now() const;
  Instant monotonic() const;

  const StreamNotes& notes_of(const topic::Topic& stream) const;
  void replace_notes(const topic::Topic& stream, StreamNotes notes);

  // The name in StreamName or StreamARN. Throws Refusal where there is none, or two.
  static std::string stream_name(const Parameters& in);
  // The stream of that name, for one who may do this to it. Throws Refusal.
  std::shared_ptr<const topic::Topic> find(const Caller& caller, broker::Operation operation,
                                           const std::string& name) const;
  // The same for the stream that the request names.
  std::shared_ptr<const topic::Topic> find(const Caller& caller, broker::Operation operation,
                                           const Parameters& in) const;
  // A shard of it. Throws Refusal where there is none.
  static std::shared_ptr<topic::Partition> shard(const topic::Topic& stream, int32_t index);

 private:
  broker::Broker& broker_;
  AllStreamNotes notes_;
  ShardLimits limits_;
  Counter& refused_for_limits_;
};

// The one account that there is.
constexpr std::string_view kAccount = "000000000000";

// Topics that are no streams: those that the broker keeps, and those with longer names than AWS
// has.
bool is_stream(std::string_view topic);
std::string arn_of(const Caller& caller, std::string_view stream);
std::string_view mode_name(StreamMode mode);
// "Rate exceeded for shard ...", in AWS's words.
std::string rate_exceeded(int32_t shard, std::string_view stream);

}  // namespace millrace::kinesis
