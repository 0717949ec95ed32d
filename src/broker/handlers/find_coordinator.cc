// FindCoordinator: the broker that looks after a group or a transactional id, which is this one.
// https://kafka.apache.org/protocol#The_Messages_FindCoordinator

#include "broker/handlers/find_coordinator.h"

#include "broker/broker.h"

namespace millrace::broker {

using Response = kafka::FindCoordinatorResponse;

static Response::Coordinator coordinator_of(const Broker& broker, const Caller& caller,
                                            const std::string& key, int8_t key_type) {
  constexpr int8_t kGroup = 0;
  constexpr int8_t kTransaction = 1;
  if (key_type != kGroup && key_type != kTransaction) {
    return {key, -1, "", -1, ErrorCode::invalid_request, "share groups are not offered here"};
  }
  const ErrorCode refusal = key_type == kGroup
                                ? caller.access.fault_at_group(Operation::describe, key)
                                : caller.access.fault_at_transactional_id(Operation::describe, key);
  if (refusal != ErrorCode::none) {
    return {key, -1, "", -1, refusal, std::nullopt};
  }
  return {key,
          broker.options().node_id,
          caller.endpoint->host,
          caller.endpoint->port,
          ErrorCode::none,
          std::nullopt};
}

Response find_coordinator(Broker& broker, const Caller& caller,
                          const kafka::FindCoordinatorRequest& request) {
  Response response;
  for (const std::string& key : request.coordinator_keys) {
    response.coordinators.push_back(coordinator_of(broker, caller, key, request.key_type));
  }
  // Before version 4 one is asked for, and answered at the top.
  const Response::Coordinator single =
      coordinator_of(broker, caller, request.key, request.key_type);
  response.error_code = single.error_code;
  response.error_message = single.error_message;
  response.node_id = single.node_id;
  response.host = single.host;
  response.port = single.port;
  return response;
}

}  // namespace millrace::broker
