// Heartbeat: a member says that it is there, and hears whether a rebalance is on.
// https://kafka.apache.org/protocol#The_Messages_Heartbeat

#include "broker/handlers/heartbeat.h"

#include "broker/broker.h"
#include "broker/groups/groups.h"

namespace millrace::broker {

kafka::HeartbeatResponse heartbeat(Broker& broker, const Caller& caller,
                                   const kafka::HeartbeatRequest& request) {
  kafka::HeartbeatResponse response;
  if (request.group_id.empty()) {
    response.error_code = ErrorCode::invalid_group_id;
    return response;
  }
  response.error_code = caller.access.fault_at_group(Operation::read, request.group_id);
  if (response.error_code != ErrorCode::none) {
    return response;
  }
  Group* group = broker.groups().find(request.group_id);
  response.error_code =
      group == nullptr
          ? ErrorCode::unknown_member_id
          : group->heartbeat(request.member_id, request.group_instance_id, request.generation_id);
  return response;
}

}  // namespace millrace::broker
