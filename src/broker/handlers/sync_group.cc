// SyncGroup: the leader hands out assignments; every member gets its own.
// https://kafka.apache.org/protocol#The_Messages_SyncGroup

#include "broker/handlers/sync_group.h"

#include "broker/broker.h"
#include "broker/groups/groups.h"

namespace millrace::broker {

void sync_group(Broker& broker, const Caller& caller, kafka::SyncGroupRequest request,
                const Answer& answer) {
  Group* group = broker.groups().find(request.group_id);
  kafka::SyncGroupResponse refusal;
  constexpr int16_t kNamesProtocol = 5;
  if (caller.version >= kNamesProtocol && (!request.protocol_type || !request.protocol_name)) {
    refusal.error_code = ErrorCode::inconsistent_group_protocol;
    answer.send(refusal);
    return;
  }
  refusal.error_code = caller.access.fault_at_group(Operation::read, request.group_id);
  if (refusal.error_code == ErrorCode::none && group == nullptr) {
    refusal.error_code = ErrorCode::unknown_member_id;
  }
  if (refusal.error_code != ErrorCode::none) {
    answer.send(refusal);
    return;
  }
  group->sync(request,
              [answer](const kafka::SyncGroupResponse& response) { answer.send(response); });
}

}  // namespace millrace::broker
