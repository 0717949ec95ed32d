// Metadata: the one broker, and the partitions of topics. A topic that is asked for by name and not
// there is made, unless the client or the settings say no; as at Kafka the answer does not wait for
// it, and the client asks again.
// https://kafka.apache.org/protocol#The_Messages_Metadata

#include "broker/handlers/metadata.h"

#include <set>

#include "base/log.h"
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

// Topics that may not be made.
using Refused = std::set<std::string>;

bool is_to_be_made(const Broker& broker, const Access& access, const Request::Topic& wanted) {
  return wanted.topic_id.is_zero() && wanted.name &&
         topic::fault_in_topic_name(*wanted.name).empty() &&
         access.may(Operation::describe, ResourceType::topic, *wanted.name) &&
         broker.store().find(*wanted.name) == nullptr;
}

bool may_make(const Access& access, const std::string& name) {
  return access.fault_at_cluster(Operation::create) == ErrorCode::none ||
         access.may(Operation::create, ResourceType::topic, name);
}

Result<std::shared_ptr<const topic::Topic>> make(const Broker& broker, const std::string& name) {
  const std::string near = broker.store().same_in_metrics(name);
  if (!near.empty() && near != name) {
    return Error(millrace::ErrorCode::already_exists, "it collides with topic '" + near + "'");
  }
  return broker.store().find_or_create(name, broker.options().default_partitions);
}

// Off the loop. The client asks again until it is there, so it is the log that hears why not.
void make_or_warn(const Broker& broker, const std::string& name) {
  const auto made = make(broker, name);
  if (!made.ok()) {
    broker.world().log->warning("broker", "a topic could not be made",
                                {{"topic", name}, {"error", made.error().message()}});
  }
}

Response::Topic by_name(const Broker& broker, const Access& access, const std::string& name,
                        const Refused& refused) {
  const ErrorCode refusal = access.fault_at_topic(Operation::describe, name);
  if (refusal != ErrorCode::none) {
    return missing(name, {}, refusal);
  }
  if (const auto topic = broker.store().find(name)) {
    return describe(broker, *topic);
  }
  if (!topic::fault_in_topic_name(name).empty()) {
    return missing(name, {}, ErrorCode::invalid_topic);
  }
  return missing(name, {},
                 refused.contains(name) ? ErrorCode::topic_authorization_failed
                                        : ErrorCode::unknown_topic_or_partition);
}

Response::Topic find_topic(const Broker& broker, const Access& access, const Request::Topic& wanted,
                           const Refused& refused) {
  if (wanted.topic_id.is_zero()) {
    return by_name(broker, access, wanted.name.value_or(""), refused);
  }
  const auto topic = broker.store().find(wanted.topic_id);
  // Before version 12 an answer must have a name, and none is known.
  return topic && access.may(Operation::describe, ResourceType::topic, topic->name)
             ? describe(broker, *topic)
             : missing(wanted.name.value_or(""), wanted.topic_id, ErrorCode::unknown_topic_id);
}

void add_operations(const Access& access, const Request& request, Response& response) {
  if (request.include_cluster_authorized_operations) {
    response.cluster_authorized_operations = access.operations_at(ResourceType::cluster, kCluster);
  }
  if (!request.include_topic_authorized_operations) {
    return;
  }
  for (Response::Topic& topic : response.topics) {
    if (topic.error_code == ErrorCode::none) {
      topic.authorized_operations = access.operations_at(ResourceType::topic, *topic.name);
    }
  }
}

Response respond(const Broker& broker, const Access& access, const Endpoint& endpoint,
                 int16_t version, const Request& request, const Refused& refused) {
  Response response;
  response.brokers.push_back({broker.options().node_id, endpoint.host, endpoint.port, {}});
  response.cluster_id = broker.identity().cluster_id();
  response.controller_id = broker.options().node_id;
  const bool wants_all = !request.topics || (version == 0 && request.topics->empty());
  if (wants_all) {
    for (const auto& topic : broker.store().list()) {
      if (access.may(Operation::describe, ResourceType::topic, topic->name)) {
        response.topics.push_back(describe(broker, *topic));
      }
    }
  } else {
    for (const Request::Topic& wanted : *request.topics) {
      response.topics.push_back(find_topic(broker, access, wanted, refused));
    }
  }
  add_operations(access, request, response);
  return response;
}

}  // namespace

void metadata(Broker& broker, const Caller& caller, Request request, const Answer& answer) {
  std::vector<std::string> to_make;
  Refused refused;
  if (broker.options().auto_create_topics && request.allow_auto_topic_creation && request.topics) {
    for (const Request::Topic& wanted : *request.topics) {
      if (!is_to_be_made(broker, caller.access, wanted)) {
        continue;
      }
      if (may_make(caller.access, *wanted.name)) {
        to_make.push_back(*wanted.name);
      } else {
        refused.insert(*wanted.name);
      }
    }
  }
  if (!to_make.empty()) {
    broker.off_loop(
        answer,
        [&broker, to_make = std::move(to_make)] {
          for (const std::string& name : to_make) {
            make_or_warn(broker, name);
          }
        },
        [] {});
  }
  answer.send(respond(broker, caller.access, *caller.endpoint, caller.version, request, refused));
}

}  // namespace millrace::broker
