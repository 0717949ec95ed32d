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

void create_partitions(Broker& broker, const Caller& caller, Request request,
                       const Answer& answer) {
  const auto response = std::make_shared<Response>();
  broker.off_loop(
      answer,
      [&broker, access = caller.access, response, request = std::move(request)] {
        for (const Request::Topic& topic : request.topics) {
          response->results.push_back(add(broker, access, topic, request.validate_only));
        }
      },
      [answer, response] { answer.send(*response); });
}

}  // namespace millrace::broker
