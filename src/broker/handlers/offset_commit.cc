// OffsetCommit: keeps how far a group has read; answered when it is kept.
// https://kafka.apache.org/protocol#The_Messages_OffsetCommit

#include "broker/handlers/offset_commit.h"

#include <algorithm>

#include "base/clock.h"
#include "broker/broker.h"
#include "broker/groups/groups.h"
#include "broker/groups/offsets.h"

namespace millrace::broker {

using Request = kafka::OffsetCommitRequest;
using Response = kafka::OffsetCommitResponse;

namespace {

constexpr size_t kMaxMetadataBytes = 4096;  // Kafka's offset.metadata.max.bytes

ErrorCode fault_in(Broker& broker, const Access& access, const Request& request) {
  const ErrorCode refusal = access.fault_at_group(Operation::read, request.group_id);
  if (refusal != ErrorCode::none) {
    return refusal;
  }
  return broker.groups().fault_in_commit(request.group_id, request.member_id,
                                         request.group_instance_id, request.generation_id);
}

ErrorCode fault_in(Broker& broker, const std::string& topic,
                   const Request::Topic::Partition& wanted) {
  if (wanted.metadata && wanted.metadata->size() > kMaxMetadataBytes) {
    return ErrorCode::offset_metadata_too_large;
  }
  ErrorCode error = ErrorCode::none;
  broker.find(topic, wanted.index, error);
  return error;
}

void fail_rest(Response& response, ErrorCode code) {
  for (Response::Topic& topic : response.topics) {
    for (Response::Topic::Partition& partition : topic.partitions) {
      if (partition.error_code == ErrorCode::none) {
        partition.error_code = code;
      }
    }
  }
}

}  // namespace

void offset_commit(Broker& broker, const Caller& caller, Request request, const Answer& answer) {
  const ErrorCode group_fault = fault_in(broker, caller.access, request);
  const Timestamp now = broker.world().clock->now();
  std::optional<Timestamp> expires;
  if (request.retention_time_ms >= 0) {  // up to the end of time
    expires = Timestamp{now.ms + std::min(request.retention_time_ms, INT64_MAX - now.ms)};
  }
  Response response;
  std::vector<std::pair<Offsets::Place, Offsets::Committed>> offsets;
  for (const Request::Topic& topic : request.topics) {
    Response::Topic& results = response.topics.emplace_back();
    results.name = topic.name;
    results.topic_id = topic.topic_id;
    ErrorCode topic_fault = ErrorCode::none;
    const auto found =
        broker.find_topic(caller.access, Operation::read, topic.name, topic.topic_id, topic_fault);
    constexpr int16_t kNumbersTopics = 10;
    if (caller.version >= kNumbersTopics && topic.topic_id.is_zero()) {
      topic_fault = ErrorCode::unknown_topic_id;
    }
    if (group_fault != ErrorCode::none) {
      topic_fault = group_fault;
    }
    for (const Request::Topic::Partition& wanted : topic.partitions) {
      const ErrorCode fault =
          topic_fault != ErrorCode::none ? topic_fault : fault_in(broker, found->name, wanted);
      results.partitions.push_back({wanted.index, fault});
      if (fault == ErrorCode::none) {
        offsets.push_back({{found->name, wanted.index},
                           {Offset(wanted.committed_offset), wanted.committed_leader_epoch,
                            wanted.metadata.value_or(""), now, expires}});
      }
    }
  }
  if (offsets.empty()) {
    answer.send(response);
    return;
  }
  broker.offsets().commit(request.group_id, offsets,
                          [answer, response = std::move(response)](ErrorCode code) mutable {
                            fail_rest(response, code);
                            answer.send(response);
                          });
}

}  // namespace millrace::broker
