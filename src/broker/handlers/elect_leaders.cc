// ElectLeaders: every partition has the one leader that there can be, so none is chosen again.
// https://kafka.apache.org/protocol#The_Messages_ElectLeaders

#include "broker/handlers/elect_leaders.h"

#include "broker/broker.h"

namespace millrace::broker {

using Request = kafka::ElectLeadersRequest;
using Response = kafka::ElectLeadersResponse;

namespace {

constexpr int8_t kPreferred = 0;
constexpr int8_t kUnclean = 1;

Response::ElectionResult::PartitionResult judge(const Broker& broker, const std::string& topic,
                                                int32_t partition) {
  ErrorCode fault = ErrorCode::none;
  broker.find(topic, partition, fault);
  if (fault == ErrorCode::none) {
    return {partition, ErrorCode::election_not_needed,
            "Leader election not needed for topic partition."};
  }
  return {partition, fault, "No such partition as " + topic + "-" + std::to_string(partition)};
}

}  // namespace

Response elect_leaders(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  response.error_code = caller.access.fault_at_cluster(Operation::alter);
  if (response.error_code == ErrorCode::none && request.election_type != kPreferred &&
      request.election_type != kUnclean) {
    response.error_code = ErrorCode::invalid_request;
  }
  // Asked for all of them, Kafka names those alone that did not have the leader that they should.
  if (response.error_code != ErrorCode::none || !request.topic_partitions) {
    return response;
  }
  for (const auto& wanted : *request.topic_partitions) {
    auto& result = response.replica_election_results.emplace_back();
    result.topic = wanted.topic;
    for (const int32_t partition : wanted.partitions) {
      result.partition_results.push_back(judge(broker, wanted.topic, partition));
    }
  }
  return response;
}

}  // namespace millrace::broker
