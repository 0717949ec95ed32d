// DescribeCluster: the one broker.
// https://kafka.apache.org/protocol#The_Messages_DescribeCluster

#include "broker/handlers/describe_cluster.h"

#include "broker/broker.h"
#include "broker/identity.h"

namespace millrace::broker {

kafka::DescribeClusterResponse describe_cluster(Broker& broker, const Caller& caller,
                                                const kafka::DescribeClusterRequest& request) {
  kafka::DescribeClusterResponse response;
  constexpr int8_t kBrokers = 1;
  constexpr int8_t kControllers = 2;
  if (request.endpoint_type != kBrokers) {
    const bool is_known = request.endpoint_type == kControllers;
    response.error_code =
        is_known ? ErrorCode::mismatched_endpoint_type : ErrorCode::unsupported_endpoint_type;
    response.error_message =
        is_known ? "The request was sent to an endpoint of brokers."
                 : "Unsupported endpoint type " + std::to_string(request.endpoint_type);
    return response;
  }
  response.cluster_id = broker.identity().cluster_id();
  response.controller_id = broker.options().node_id;
  response.brokers.push_back(
      {broker.options().node_id, caller.endpoint->host, caller.endpoint->port, {}, false});
  if (request.include_cluster_authorized_operations) {
    response.cluster_authorized_operations =
        caller.access.operations_at(ResourceType::cluster, kCluster);
  }
  return response;
}

}  // namespace millrace::broker
