// JoinGroup: enters a group, or its next generation; answered when all members have.
// https://kafka.apache.org/protocol#The_Messages_JoinGroup

#include "broker/handlers/join_group.h"

#include "broker/broker.h"
#include "broker/groups/groups.h"

namespace millrace::broker {

void join_group(Broker& broker, const Caller& caller, kafka::JoinGroupRequest request,
                const Answer& answer) {
  // From this version on a client can be told to come again with the id that it is given.
  constexpr int16_t kComesAgain = 4;
  kafka::JoinGroupResponse refusal;
  refusal.member_id = request.member_id;
  static constexpr int16_t kMayLackProtocol = 7;
  if (caller.version < kMayLackProtocol) {
    refusal.protocol_name = "";
  }
  const Options& options = broker.options();
  if (request.group_id.empty()) {
    refusal.error_code = ErrorCode::invalid_group_id;
  } else if (const ErrorCode fault =
                 caller.access.fault_at_group(Operation::read, request.group_id);
             fault != ErrorCode::none) {
    refusal.error_code = fault;
  } else if (request.session_timeout_ms < options.min_session_timeout_ms ||
             request.session_timeout_ms > options.max_session_timeout_ms) {
    refusal.error_code = ErrorCode::invalid_session_timeout;
  } else if (!request.member_id.empty() && broker.groups().find(request.group_id) == nullptr) {
    refusal.error_code = ErrorCode::unknown_member_id;
  }
  if (refusal.error_code != ErrorCode::none) {
    answer.send(refusal);
    return;
  }
  Group* group = broker.groups().find_or_make(request.group_id);
  if (group == nullptr) {
    refusal.error_code = ErrorCode::inconsistent_group_protocol;
    answer.send(refusal);
    return;
  }
  group->join(request, caller.client_id, "/" + caller.host, caller.version >= kComesAgain,
              [answer, version = caller.version](const kafka::JoinGroupResponse& response) {
                if (response.error_code == ErrorCode::none || version < kMayLackProtocol) {
                  answer.send(response);
                  return;
                }
                kafka::JoinGroupResponse without = response;
                without.protocol_name = std::nullopt;
                answer.send(without);
              });
}

}  // namespace millrace::broker
