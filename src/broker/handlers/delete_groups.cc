// DeleteGroups: removes groups that nobody is in, with what they committed.
// https://kafka.apache.org/protocol#The_Messages_DeleteGroups

#include "broker/handlers/delete_groups.h"

#include "broker/broker.h"
#include "broker/groups/groups.h"

namespace millrace::broker {

kafka::DeleteGroupsResponse delete_groups(Broker& broker, const Caller& caller,
                                          const kafka::DeleteGroupsRequest& request) {
  kafka::DeleteGroupsResponse response;
  for (const std::string& id : request.group_ids) {
    const ErrorCode refusal = caller.access.fault_at_group(Operation::remove, id);
    response.results.push_back(
        {id, refusal == ErrorCode::none ? broker.groups().remove(id) : refusal});
  }
  return response;
}

}  // namespace millrace::broker
