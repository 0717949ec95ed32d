// LeaveGroup: members leave a group.
// https://kafka.apache.org/protocol#The_Messages_LeaveGroup

#include "broker/handlers/leave_group.h"

#include "broker/broker.h"
#include "broker/groups/groups.h"

namespace millrace::broker {

static ErrorCode leave(Group* group, const std::string& member_id,
                       const std::optional<std::string>& instance_id) {
  return group == nullptr ? ErrorCode::unknown_member_id : group->leave(member_id, instance_id);
}

kafka::LeaveGroupResponse leave_group(Broker& broker, const Caller& caller,
                                      const kafka::LeaveGroupRequest& request) {
  kafka::LeaveGroupResponse response;
  response.error_code = caller.access.fault_at_group(Operation::read, request.group_id);
  if (response.error_code != ErrorCode::none) {
    return response;
  }
  Group* group = broker.groups().find(request.group_id);
  for (const auto& member : request.members) {
    response.members.push_back({member.member_id, member.group_instance_id,
                                leave(group, member.member_id, member.group_instance_id)});
  }
  // Before version 3 one member leaves, and is answered at the top.
  constexpr int16_t kSeveralLeave = 3;
  if (caller.version < kSeveralLeave) {
    response.error_code = leave(group, request.member_id, std::nullopt);
  }
  return response;
}

}  // namespace millrace::broker
