// ListPartitionReassignments: with one broker no partition is ever on its way to another.
// https://kafka.apache.org/protocol#The_Messages_ListPartitionReassignments

#include "broker/handlers/list_partition_reassignments.h"

namespace millrace::broker {

kafka::ListPartitionReassignmentsResponse list_partition_reassignments(
    Broker&, const Caller& caller, const kafka::ListPartitionReassignmentsRequest&) {
  kafka::ListPartitionReassignmentsResponse response;
  response.error_code = caller.access.fault_at_cluster(Operation::describe);
  return response;
}

}  // namespace millrace::broker
