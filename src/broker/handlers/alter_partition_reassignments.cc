// AlterPartitionReassignments: a partition is where it can be, on the one broker. To be moved there
// is no change, and to anywhere else is refused.
// https://kafka.apache.org/protocol#The_Messages_AlterPartitionReassignments

#include "broker/handlers/alter_partition_reassignments.h"

#include "broker/broker.h"

namespace millrace::broker {

using Request = kafka::AlterPartitionReassignmentsRequest;
using Response = kafka::AlterPartitionReassignmentsResponse;
using Result = Response::Topic::Partition;

namespace {

Result judge_replicas(int32_t index, const std::vector<int32_t>& replicas, int32_t node) {
  if (replicas.empty()) {
    return {index, ErrorCode::invalid_replica_assignment,
            "The manual partition assignment includes an empty replica list."};
  }
  for (const int32_t replica : replicas) {
    if (replica != node) {
      return {index, ErrorCode::invalid_replica_assignment,
              "The manual partition assignment includes broker " + std::to_string(replica) +
                  ", but no such broker is registered."};
    }
  }
  if (replicas.size() > 1) {
    return {index, ErrorCode::invalid_replica_assignment,
            "The manual partition assignment includes the broker " + std::to_string(node) +
                " more than once."};
  }
  return {index, ErrorCode::none, std::nullopt};
}

Result judge(const Broker& broker, const std::string& topic,
             const Request::Topic::Partition& wanted) {
  ErrorCode fault = ErrorCode::none;
  broker.find(topic, wanted.partition_index, fault);
  if (fault != ErrorCode::none) {
    return {
        wanted.partition_index, fault,
        "there is no partition " + std::to_string(wanted.partition_index) + " of '" + topic + "'"};
  }
  if (!wanted.replicas) {  // no longer, that is
    return {wanted.partition_index, ErrorCode::no_reassignment_in_progress, std::nullopt};
  }
  return judge_replicas(wanted.partition_index, *wanted.replicas, broker.options().node_id);
}

}  // namespace

Response alter_partition_reassignments(Broker& broker, const Caller& caller,
                                       const Request& request) {
  Response response;
  response.allow_replication_factor_change = request.allow_replication_factor_change;
  response.error_code = caller.access.fault_at_cluster(Operation::alter);
  if (response.error_code != ErrorCode::none) {
    return response;
  }
  for (const Request::Topic& topic : request.topics) {
    Response::Topic& results = response.responses.emplace_back();
    results.name = topic.name;
    for (const auto& wanted : topic.partitions) {
      results.partitions.push_back(judge(broker, topic.name, wanted));
    }
  }
  return response;
}

}  // namespace millrace::broker
