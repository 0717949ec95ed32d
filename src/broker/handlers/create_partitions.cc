// CreatePartitions: adds partitions to topics.
// https://kafka.apache.org/protocol#The_Messages_CreatePartitions

#include "broker/handlers/create_partitions.h"

#include <map>
#include <utility>

#include "broker/broker.h"

namespace millrace::broker {

using Request = kafka::CreatePartitionsRequest;
using Response = kafka::CreatePartitionsResponse;

// Where the client says which brokers the new partitions are to be on: one for each, this one.
static std::string fault_in_assignments(const Request::Topic& wanted, size_t had, int32_t node) {
  if (!wanted.assignments) {
    return "";
  }
  const size_t added = static_cast<size_t>(wanted.count) - had;
  if (wanted.assignments->size() != added) {
    return "Attempted to add " + std::to_string(added) + " additional partition(s), but only " +
           std::to_string(wanted.assignments->size()) + " assignment(s) were specified.";
  }
  for (const auto& assignment : *wanted.assignments) {
    if (assignment.broker_ids != std::vector<int32_t>{node}) {
      return "the only broker is " + std::to_string(node);
    }
  }
  return "";
}

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
  } else if (std::string fault =
                 fault_in_assignments(wanted, topic->partitions.size(), broker.options().node_id);
             !fault.empty()) {
    result.error_code = ErrorCode::invalid_replica_assignment;
    result.error_message = std::move(fault);
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
  std::map<std::string_view, int> times;
  for (const Request::Topic& topic : request.topics) {
    ++times[topic.name];
  }
  for (const Request::Topic& topic : request.topics) {
    int& named = times[topic.name];
    if (named > 1) {  // which of them would be meant?
      response.results.push_back({topic.name, ErrorCode::invalid_request, "Duplicate topic name."});
    }
    if (std::exchange(named, named == 1 ? 1 : 0) != 1) {
      continue;
    }
    response.results.push_back(add(broker, access, topic, request.validate_only));
  }
  return response;
}

}  // namespace millrace::broker
