// DescribeGroups: state and members of groups.
// https://kafka.apache.org/protocol#The_Messages_DescribeGroups

#include "broker/handlers/describe_groups.h"

#include "broker/broker.h"
#include "broker/groups/groups.h"
#include "broker/groups/offsets.h"

namespace millrace::broker {

using Response = kafka::DescribeGroupsResponse;

static Response::Group describe(const Group& group) {
  Response::Group described;
  described.state = name_of(group.state());
  described.protocol_type = group.protocol_type();
  // What its members agreed on is known when they have.
  const bool is_stable = group.state() == Group::State::stable;
  described.protocol_data = is_stable ? group.protocol() : "";
  for (const auto& [id, member] : group.members()) {
    described.members.push_back({id, member.instance_id, member.client_id, member.host,
                                 is_stable ? group.metadata_of(member) : "",
                                 is_stable ? member.assignment : ""});
  }
  return described;
}

// It committed something, or nobody ever heard of it; the latter is an error since version 6.
static Response::Group describe_absent(const Broker& broker, const std::string& id,
                                       int16_t version) {
  constexpr int16_t kSaysNotFound = 6;
  Response::Group absent;
  const bool is_of_other_kind = broker.groups().find_consumer_group(id) != nullptr;
  if (!is_of_other_kind && broker.offsets().find(id) != nullptr) {
    absent.state = "Empty";
    return absent;
  }
  absent.state = "Dead";
  if (version >= kSaysNotFound) {
    absent.error_code = ErrorCode::group_id_not_found;
    absent.error_message =
        "Group " + id + (is_of_other_kind ? " is not a classic group." : " not found.");
  }
  return absent;
}

void describe_groups(Broker& broker, const Caller& caller, kafka::DescribeGroupsRequest request,
                     const Answer& answer) {
  Response response;
  for (const std::string& id : request.groups) {
    Response::Group& described = response.groups.emplace_back();
    const ErrorCode refusal = caller.access.fault_at_group(Operation::describe, id);
    if (refusal != ErrorCode::none) {
      described.error_code = refusal;
    } else if (const Group* group = broker.groups().find(id)) {
      described = describe(*group);
    } else {
      described = describe_absent(broker, id, caller.version);
    }
    described.group_id = id;
    if (request.include_authorized_operations && described.error_code == ErrorCode::none) {
      described.authorized_operations = caller.access.operations_at(ResourceType::group, id);
    }
  }
  answer.send(response);
}

}  // namespace millrace::broker
