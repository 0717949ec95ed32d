// DescribeCluster: the one broker.
// https://kafka.apache.org/protocol#The_Messages_DescribeCluster

#include "broker/handlers/describe_cluster.h"

#include "broker/broker.h"
#include "broker/identity.h"

namespace millrace::broker {

kafka::DescribeClusterResponse describe_cluster(Broker& broker, const Caller& caller,
                                                const kafka::DescribeClusterRequest& request) {
  kafka::DescribeClusterResponse response;
  response.endpoint_type = request.endpoint_type;
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
