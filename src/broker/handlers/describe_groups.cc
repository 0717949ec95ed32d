// DescribeGroups: state and members of groups.
// https://kafka.apache.org/protocol#The_Messages_DescribeGroups

#include "broker/handlers/describe_groups.h"

#include "broker/broker.h"
#include "broker/groups.h"
#include "broker/offsets.h"

namespace millrace::broker {

using Response = kafka::DescribeGroupsResponse;

static Response::Group describe(const Group& group) {
  Response::Group described;
  described.state = name_of(group.state());
  described.protocol_type = group.protocol_type();
  described.protocol_data = group.protocol();
  for (const auto& [id, member] : group.members()) {
    described.members.push_back({id, member.instance_id, member.client_id, member.host,
                                 group.metadata_of(member), member.assignment});
  }
  return described;
}

Response describe_groups(Broker& broker, const kafka::DescribeGroupsRequest& request) {
  Response response;
  for (const std::string& id : request.groups) {
    if (const Group* group = broker.groups().find(id)) {
      response.groups.push_back(describe(*group));
    } else {
      // It committed something, or nobody ever heard of it.
      Response::Group absent;
      absent.state = broker.offsets().find(id) != nullptr ? "Empty" : "Dead";
      absent.protocol_type = broker.offsets().find(id) != nullptr ? "consumer" : "";
      response.groups.push_back(std::move(absent));
    }
    response.groups.back().group_id = id;
  }
  return response;
}

}  // namespace millrace::broker
