// DescribeQuorum: the one broker decides alone. It has no log of metadata, whose end is thus 0.
// https://kafka.apache.org/protocol#The_Messages_DescribeQuorum

#include "broker/handlers/describe_quorum.h"

#include "base/clock.h"
#include "broker/broker.h"
#include "broker/endpoint.h"

namespace millrace::broker {

using Request = kafka::DescribeQuorumRequest;
using Response = kafka::DescribeQuorumResponse;

static constexpr std::string_view kMetadataTopic = "__cluster_metadata";

static Response::Topic::Partition describe(const Broker& broker, const std::string& topic,
                                           int32_t index) {
  Response::Topic::Partition partition;
  partition.index = index;
  if (topic != kMetadataTopic || index != 0) {
    partition.error_code = ErrorCode::unknown_topic_or_partition;
    return partition;
  }
  partition.leader_id = broker.options().node_id;
  auto& voter = partition.current_voters.emplace_back();
  voter.replica_id = broker.options().node_id;
  voter.last_fetch_timestamp = broker.world().clock->now().ms;
  voter.last_caught_up_timestamp = voter.last_fetch_timestamp;
  return partition;
}

Response describe_quorum(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  response.error_code = caller.access.fault_at_cluster(Operation::describe);
  if (response.error_code != ErrorCode::none) {
    return response;
  }
  for (const Request::Topic& wanted : request.topics) {
    Response::Topic& topic = response.topics.emplace_back();
    topic.name = wanted.name;
    for (const Request::Topic::Partition& partition : wanted.partitions) {
      topic.partitions.push_back(describe(broker, wanted.name, partition.index));
    }
  }
  const Endpoint& endpoint = *caller.endpoint;
  Response::Node& node = response.nodes.emplace_back();
  node.id = broker.options().node_id;
  node.listeners.push_back(
      {std::string(endpoint.protocol()), endpoint.host, static_cast<int16_t>(endpoint.port)});
  return response;
}

}  // namespace millrace::broker
