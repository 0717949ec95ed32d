// OffsetDelete: forgets what a group committed for partitions that none of its members reads.
// https://kafka.apache.org/protocol#The_Messages_OffsetDelete

#include "broker/handlers/offset_delete.h"

#include "broker/broker.h"
#include "broker/groups/groups.h"
#include "broker/groups/offsets.h"

namespace millrace::broker {

using Request = kafka::OffsetDeleteRequest;
using Response = kafka::OffsetDeleteResponse;

namespace {

ErrorCode fault_in(Broker& broker, const Access& access, const std::string& id) {
  if (id.empty()) {
    return ErrorCode::invalid_group_id;
  }
  const ErrorCode refusal = access.fault_at_group(Operation::remove, id);
  if (refusal != ErrorCode::none) {
    return refusal;
  }
  const Group* group = broker.groups().find(id);
  if (group == nullptr && broker.groups().find_consumer_group(id) == nullptr &&
      broker.offsets().find(id) == nullptr) {
    return ErrorCode::group_id_not_found;
  }
  const bool others_have_it =
      group != nullptr && !group->members().empty() && group->protocol_type() != kConsumerProtocol;
  return others_have_it ? ErrorCode::non_empty_group : ErrorCode::none;
}

ErrorCode forget(Broker& broker, const Access& access, const std::string& group_id,
                 const Offsets::Place& place) {
  ErrorCode fault = access.fault_at_topic(Operation::read, place.topic);
  if (fault == ErrorCode::none) {
    broker.find(place.topic, place.partition, fault);
  }
  if (fault == ErrorCode::unknown_topic_or_partition ||
      fault == ErrorCode::topic_authorization_failed) {
    return fault;
  }
  const Group* group = broker.groups().find(group_id);
  const ConsumerGroup* consumer_group = broker.groups().find_consumer_group(group_id);
  if ((group != nullptr && group->subscribes(place.topic)) ||
      (consumer_group != nullptr && consumer_group->subscribes(place.topic))) {
    return ErrorCode::group_subscribed_to_topic;
  }
  return broker.offsets().remove(group_id,
                                 [&place](const Offsets::Place& each) { return each == place; });
}

}  // namespace

Response offset_delete(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  response.error_code = fault_in(broker, caller.access, request.group_id);
  if (response.error_code != ErrorCode::none) {
    return response;
  }
  for (const Request::Topic& topic : request.topics) {
    Response::Topic& results = response.topics.emplace_back();
    results.name = topic.name;
    for (const Request::Topic::Partition& wanted : topic.partitions) {
      results.partitions.push_back({wanted.index, forget(broker, caller.access, request.group_id,
                                                         {topic.name, wanted.index})});
    }
  }
  return response;
}

}  // namespace millrace::broker
