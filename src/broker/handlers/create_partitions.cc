// CreatePartitions: adds partitions to topics.
// https://kafka.apache.org/protocol#The_Messages_CreatePartitions

#include "broker/handlers/create_partitions.h"

#include "broker/broker.h"

namespace millrace::broker {

using Request = kafka::CreatePartitionsRequest;
using Response = kafka::CreatePartitionsResponse;

static Response::Result add(Broker& broker, const Access& access, const Request::Topic& wanted,
                            bool validate_only) {
  Response::Result result;
  result.name = wanted.name;
  result.error_code = access.fault_at_topic(Operation::alter, wanted.name);
  if (result.error_code != ErrorCode::none) {
    return result;
  }
  const auto topic = broker.store().find(wanted.name);
  if (topic == nullptr) {
    result.error_code = ErrorCode::unknown_topic_or_partition;
  } else if (wanted.count <= static_cast<int32_t>(topic->partitions.size()) ||
             is_internal(wanted.name)) {
    result.error_code = ErrorCode::invalid_partitions;
    result.error_message = "topic has " + std::to_string(topic->partitions.size()) +
                           " partitions, asked for " + std::to_string(wanted.count);
  } else if (!validate_only) {
    const auto grown = broker.store().add_partitions(wanted.name, wanted.count);
    if (!grown.ok()) {
      result.error_code = grown.error().code() == millrace::ErrorCode::invalid_argument
                              ? ErrorCode::invalid_partitions
                              : kafka::to_kafka(grown.error().code());
      result.error_message = grown.error().message();
    }
  }
  return result;
}

Response create_partitions(Broker& broker, const Access& access, const Request& request) {
  Response response;
  for (const Request::Topic& topic : request.topics) {
    response.results.push_back(add(broker, access, topic, request.validate_only));
  }
  return response;
}

}  // namespace millrace::broker
