// DescribeProducers: the producers of partitions, and where their open transactions begin.
// https://kafka.apache.org/protocol#The_Messages_DescribeProducers

#include "broker/handlers/describe_producers.h"

#include "broker/broker.h"

namespace millrace::broker {

using Request = kafka::DescribeProducersRequest;
using Response = kafka::DescribeProducersResponse;

static Response::Topic::Partition describe(const Broker& broker, const Access& access,
                                           const std::string& topic, int32_t index) {
  Response::Topic::Partition result;
  result.index = index;
  const auto partition = broker.find(access, Operation::read, topic, index, result.error_code);
  if (partition == nullptr) {
    return result;
  }
  for (const topic::ProducerStatus& producer : partition->producers()) {
    result.producers.push_back({producer.id, producer.epoch, producer.last_sequence,
                                producer.last_seen.ms, producer.coordinator_epoch,
                                producer.transaction ? producer.transaction->value : -1});
  }
  return result;
}

Response describe_producers(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  for (const Request::Topic& topic : request.topics) {
    Response::Topic& results = response.topics.emplace_back();
    results.name = topic.name;
    for (const int32_t partition : topic.partitions) {
      results.partitions.push_back(describe(broker, caller.access, topic.name, partition));
    }
  }
  return response;
}

}  // namespace millrace::broker
