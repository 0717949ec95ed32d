#pragma once

// For the tests of this layer: what a member of the group "g" asks once it has joined.

#include <optional>

#include "kafka/messages/heartbeat.h"
#include "kafka/messages/join_group.h"
#include "kafka/messages/sync_group.h"

namespace millrace::broker {

// The leader gives each member its share.
inline kafka::SyncGroupRequest sync_of(const kafka::JoinGroupResponse& joined) {
  kafka::SyncGroupRequest request;
  request.group_id = "g";
  request.generation_id = joined.generation_id;
  request.member_id = joined.member_id;
  request.protocol_type = "consumer";
  request.protocol_name = joined.protocol_name;
  for (const auto& member : joined.members) {
    request.assignments.push_back({member.member_id, "share of " + member.member_id});
  }
  return request;
}

inline kafka::HeartbeatRequest heartbeat_of(const kafka::JoinGroupResponse& joined) {
  return {"g", joined.generation_id, joined.member_id, std::nullopt};
}

}  // namespace millrace::broker
