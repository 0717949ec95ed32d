// ConsumerGroupHeartbeat: a member enters a group whose partitions the broker shares out, stays in
// it, learns what it is to read, or leaves.
// https://kafka.apache.org/protocol#The_Messages_ConsumerGroupHeartbeat

#include "broker/handlers/consumer_group_heartbeat.h"

#include "broker/broker.h"
#include "broker/groups/groups.h"

namespace millrace::broker {

static ErrorCode fault_in(const Access& access,
                          const kafka::ConsumerGroupHeartbeatRequest& request) {
  const ErrorCode refusal = access.fault_at_group(Operation::read, request.group_id);
  if (refusal != ErrorCode::none || !request.subscribed_topic_names) {
    return refusal;
  }
  for (const std::string& topic : *request.subscribed_topic_names) {
    const ErrorCode fault = access.fault_at_topic(Operation::describe, topic);
    if (fault != ErrorCode::none) {
      return fault;
    }
  }
  return ErrorCode::none;
}

static std::string why(ErrorCode fault, const kafka::ConsumerGroupHeartbeatRequest& request) {
  return fault == ErrorCode::unsupported_assignor
             ? "There is no assignor '" + *request.server_assignor + "': uniform and range are."
             : "The heartbeat of member '" + request.member_id + "' makes no sense.";
}

kafka::ConsumerGroupHeartbeatResponse consumer_group_heartbeat(
    Broker& broker, const Caller& caller, const kafka::ConsumerGroupHeartbeatRequest& request) {
  kafka::ConsumerGroupHeartbeatResponse refusal;
  refusal.error_code = fault_in(caller.access, request);
  if (refusal.error_code != ErrorCode::none) {
    return refusal;
  }
  refusal.error_code = ConsumerGroup::fault_in(request);
  if (refusal.error_code != ErrorCode::none) {
    refusal.error_message = why(refusal.error_code, request);
    return refusal;
  }
  ConsumerGroup* group = request.member_epoch == ConsumerGroup::kEnters
                             ? broker.groups().find_or_make_consumer_group(request.group_id)
                             : broker.groups().find_consumer_group(request.group_id);
  if (group == nullptr) {
    const bool is_classic = broker.groups().has_members(request.group_id);
    refusal.error_code = is_classic ? ErrorCode::group_id_not_found : ErrorCode::unknown_member_id;
    refusal.error_message = is_classic ? "Group " + request.group_id + " is not a consumer group."
                                       : "Group " + request.group_id + " has no such member.";
    return refusal;
  }
  return group->heartbeat(request, caller.access, caller.client_id, "/" + caller.host);
}

}  // namespace millrace::broker
