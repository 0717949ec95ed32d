// Metadata: the one broker, and the partitions of topics. A topic that is asked for by name and not
// there is made, unless the client or the settings say no.
// https://kafka.apache.org/protocol#The_Messages_Metadata

#include "broker/handlers/metadata.h"

#include "broker/broker.h"
#include "broker/identity.h"

namespace millrace::broker {

using Request = kafka::MetadataRequest;
using Response = kafka::MetadataResponse;

namespace {

Response::Topic describe(const Broker& broker, const topic::Topic& topic) {
  Response::Topic described;
  described.name = topic.name;
  described.topic_id = topic.id;
  described.is_internal = is_internal(topic.name);
  const int32_t node = broker.options().node_id;
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    Response::Topic::Partition& partition = described.partitions.emplace_back();
    partition.index = static_cast<int32_t>(i);
    partition.replica_nodes = {node};
    if (topic.partitions[i] == nullptr) {
      partition.error_code = ErrorCode::leader_not_available;
      partition.leader_id = -1;
      partition.offline_replicas = {node};
    } else {
      partition.leader_id = node;
      partition.leader_epoch = 0;
      partition.isr_nodes = {node};
    }
  }
  return described;
}

Response::Topic missing(std::optional<std::string> name, const kafka::Uuid& id, ErrorCode error) {
  Response::Topic answer;
  answer.error_code = error;
  answer.name = std::move(name);
  answer.topic_id = id;
  return answer;
}

Response::Topic by_name(Broker& broker, const std::string& name, bool may_create) {
  if (const auto topic = broker.store().find(name)) {
    return describe(broker, *topic);
  }
  if (!topic::fault_in_topic_name(name).empty()) {
    return missing(name, {}, ErrorCode::invalid_topic);
  }
  if (!may_create || !broker.options().auto_create_topics) {
    return missing(name, {}, ErrorCode::unknown_topic_or_partition);
  }
  const auto created = broker.store().find_or_create(name, broker.options().default_partitions);
  return created.ok() ? describe(broker, **created)
                      : missing(name, {}, kafka::to_kafka(created.error().code()));
}

Response::Topic find_topic(Broker& broker, const Request::Topic& wanted, bool may_create) {
  if (wanted.topic_id.is_zero()) {
    return by_name(broker, wanted.name.value_or(""), may_create);
  }
  const auto topic = broker.store().find(wanted.topic_id);
  // Before version 12 an answer must have a name, and none is known.
  return topic ? describe(broker, *topic)
               : missing(wanted.name.value_or(""), wanted.topic_id, ErrorCode::unknown_topic_id);
}

}  // namespace

void metadata(Broker& broker, const Caller& caller, Request request, const Answer& answer) {
  Response response;
  response.brokers.push_back(
      {broker.options().node_id, caller.endpoint->host, caller.endpoint->port, {}});
  response.cluster_id = broker.identity().cluster_id();
  response.controller_id = broker.options().node_id;
  const bool wants_all = !request.topics || (caller.version == 0 && request.topics->empty());
  if (wants_all) {
    for (const auto& topic : broker.store().list()) {
      response.topics.push_back(describe(broker, *topic));
    }
  } else {
    for (const Request::Topic& wanted : *request.topics) {
      response.topics.push_back(find_topic(broker, wanted, request.allow_auto_topic_creation));
    }
  }
  answer.send(response);
}

}  // namespace millrace::broker
