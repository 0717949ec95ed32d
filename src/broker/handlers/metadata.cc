// Metadata: the one broker, and the partitions of topics. A topic that is asked for by name and not
// there is made, unless the client or the settings say no.
// https://kafka.apache.org/protocol#The_Messages_Metadata

#include "broker/handlers/metadata.h"

#include <map>

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

// Topics that could not be made, and why.
using Refused = std::map<std::string, ErrorCode>;

bool is_to_be_made(const Broker& broker, const Request::Topic& wanted) {
  return wanted.topic_id.is_zero() && wanted.name &&
         topic::fault_in_topic_name(*wanted.name).empty() &&
         broker.store().find(*wanted.name) == nullptr;
}

Refused make_all(Broker& broker, const std::vector<std::string>& names) {
  Refused refused;
  for (const std::string& name : names) {
    const auto made = broker.store().find_or_create(name, broker.options().default_partitions);
    if (!made.ok()) {
      refused[name] = kafka::to_kafka(made.error().code());
    }
  }
  return refused;
}

Response::Topic by_name(const Broker& broker, const std::string& name, const Refused& refused) {
  if (const auto topic = broker.store().find(name)) {
    return describe(broker, *topic);
  }
  if (!topic::fault_in_topic_name(name).empty()) {
    return missing(name, {}, ErrorCode::invalid_topic);
  }
  const auto found = refused.find(name);
  return missing(name, {},
                 found == refused.end() ? ErrorCode::unknown_topic_or_partition : found->second);
}

Response::Topic find_topic(const Broker& broker, const Request::Topic& wanted,
                           const Refused& refused) {
  if (wanted.topic_id.is_zero()) {
    return by_name(broker, wanted.name.value_or(""), refused);
  }
  const auto topic = broker.store().find(wanted.topic_id);
  // Before version 12 an answer must have a name, and none is known.
  return topic ? describe(broker, *topic)
               : missing(wanted.name.value_or(""), wanted.topic_id, ErrorCode::unknown_topic_id);
}

Response respond(const Broker& broker, const Endpoint& endpoint, int16_t version,
                 const Request& request, const Refused& refused) {
  Response response;
  response.brokers.push_back({broker.options().node_id, endpoint.host, endpoint.port, {}});
  response.cluster_id = broker.identity().cluster_id();
  response.controller_id = broker.options().node_id;
  const bool wants_all = !request.topics || (version == 0 && request.topics->empty());
  if (wants_all) {
    for (const auto& topic : broker.store().list()) {
      response.topics.push_back(describe(broker, *topic));
    }
  } else {
    for (const Request::Topic& wanted : *request.topics) {
      response.topics.push_back(find_topic(broker, wanted, refused));
    }
  }
  return response;
}

}  // namespace

void metadata(Broker& broker, const Caller& caller, Request request, const Answer& answer) {
  std::vector<std::string> to_make;
  if (broker.options().auto_create_topics && request.allow_auto_topic_creation && request.topics) {
    for (const Request::Topic& wanted : *request.topics) {
      if (is_to_be_made(broker, wanted)) {
        to_make.push_back(*wanted.name);
      }
    }
  }
  if (to_make.empty()) {
    answer.send(respond(broker, *caller.endpoint, caller.version, request, {}));
    return;
  }
  const auto refused = std::make_shared<Refused>();
  broker.off_loop(
      [&broker, refused, to_make = std::move(to_make)] { *refused = make_all(broker, to_make); },
      [&broker, refused, answer, endpoint = *caller.endpoint, version = caller.version,
       request = std::move(request)] {
        answer.send(respond(broker, endpoint, version, request, *refused));
      });
}

}  // namespace millrace::broker
