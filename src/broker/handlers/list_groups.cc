// ListGroups: all groups, or those in some states.
// https://kafka.apache.org/protocol#The_Messages_ListGroups

#include "broker/handlers/list_groups.h"

#include <algorithm>

#include "broker/broker.h"
#include "broker/groups/groups.h"
#include "broker/groups/offsets.h"

namespace millrace::broker {

using Response = kafka::ListGroupsResponse;

namespace {

// Filters are compared without regard to case, as Kafka does since its names changed.
bool passes(const std::vector<std::string>& filter, std::string_view value) {
  const auto same = [value](const std::string& wanted) {
    return std::equal(wanted.begin(), wanted.end(), value.begin(), value.end(),
                      [](char a, char b) { return (a | 0x20) == (b | 0x20); });
  };
  return filter.empty() || std::any_of(filter.begin(), filter.end(), same);
}

}  // namespace

Response list_groups(Broker& broker, const Caller& caller,
                     const kafka::ListGroupsRequest& request) {
  Response response;
  for (const Group* group : broker.groups().list()) {
    response.groups.push_back(
        {group->id(), group->protocol_type(), std::string(name_of(group->state())), "classic"});
  }
  for (const ConsumerGroup* group : broker.groups().list_consumer_groups()) {
    response.groups.push_back(
        {group->id(), "consumer", std::string(name_of(group->state())), "consumer"});
  }
  for (const std::string& id : broker.offsets().groups()) {
    if (broker.groups().find(id) == nullptr && broker.groups().find_consumer_group(id) == nullptr) {
      response.groups.push_back({id, "", "Empty", "classic"});
    }
  }
  const bool may_see_all = caller.access.fault_at_cluster(Operation::describe) == ErrorCode::none;
  std::erase_if(response.groups, [&](const auto& group) {
    return (!may_see_all &&
            !caller.access.may(Operation::describe, ResourceType::group, group.group_id)) ||
           !passes(request.states_filter, group.state) ||
           !passes(request.types_filter, group.group_type);
  });
  return response;
}

}  // namespace millrace::broker
