// ConsumerGroupHeartbeat: a member enters a group whose partitions the broker shares out, stays in
// it, learns what it is to read, or leaves.
// https://kafka.apache.org/protocol#The_Messages_ConsumerGroupHeartbeat

#include "broker/handlers/consumer_group_heartbeat.h"

#include "broker/broker.h"
#include "broker/groups.h"

namespace millrace::broker {

kafka::ConsumerGroupHeartbeatResponse consumer_group_heartbeat(
    Broker& broker, const Caller& caller, const kafka::ConsumerGroupHeartbeatRequest& request) {
  kafka::ConsumerGroupHeartbeatResponse refusal;
  if (request.group_id.empty()) {
    refusal.error_code = ErrorCode::invalid_request;
    refusal.error_message = "a group has a name";
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
  return group->heartbeat(request, caller.client_id, "/" + caller.host);
}

}  // namespace millrace::broker
