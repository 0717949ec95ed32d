// DescribeTopicPartitions: topics and their partitions in the order of topics' names, in pages. No
// topics asked for means all. A page that is full says with which partition the next one begins.
// https://kafka.apache.org/protocol#The_Messages_DescribeTopicPartitions

#include "broker/handlers/describe_topic_partitions.h"

#include <algorithm>
#include <set>

#include "broker/broker.h"

namespace millrace::broker {

using Request = kafka::DescribeTopicPartitionsRequest;
using Response = kafka::DescribeTopicPartitionsResponse;

namespace {

constexpr int32_t kMostPartitions = 2000;  // in an answer, whatever the client wants

std::set<std::string> names_of(const Broker& broker, const Access& access, const Request& request) {
  std::set<std::string> names;
  for (const Request::Topic& topic : request.topics) {
    names.insert(topic.name);
  }
  if (request.topics.empty()) {
    for (const auto& topic : broker.store().list()) {
      if (access.may(Operation::describe, ResourceType::topic, topic->name)) {
        names.insert(topic->name);
      }
    }
  }
  if (request.cursor) {
    names.erase(names.begin(), names.lower_bound(request.cursor->topic));
  }
  return names;
}

Response::Topic::Partition describe(const topic::Topic& topic, size_t index, int32_t node) {
  Response::Topic::Partition partition;
  partition.index = static_cast<int32_t>(index);
  partition.replica_nodes = {node};
  // The protocol allows null, Java's admin client, and so Flink's source, does not.
  partition.eligible_leader_replicas.emplace();
  partition.last_known_elr.emplace();
  if (topic.partitions[index] == nullptr) {
    partition.error_code = ErrorCode::leader_not_available;
    partition.leader_id = -1;
    partition.offline_replicas = {node};
  } else {
    partition.leader_id = node;
    partition.leader_epoch = 0;
    partition.isr_nodes = {node};
  }
  return partition;
}

Response::Topic refused(const std::string& name, ErrorCode code) {
  Response::Topic answer;
  answer.name = name;
  answer.error_code = code;
  return answer;
}

Response::Topic missing(const std::string& name) {
  return refused(name, topic::fault_in_topic_name(name).empty()
                           ? ErrorCode::unknown_topic_or_partition
                           : ErrorCode::invalid_topic);
}

// Those from `first` on, as many as there is room for. True where all of them found room.
bool add_topic(const Broker& broker, const topic::Topic& topic, size_t first, size_t& room,
               Response& response) {
  Response::Topic& described = response.topics.emplace_back();
  described.name = topic.name;
  described.topic_id = topic.id;
  described.is_internal = is_internal(topic.name);
  for (size_t i = first; i < topic.partitions.size(); ++i) {
    if (room == 0) {
      response.next_cursor = Response::Cursor{topic.name, static_cast<int32_t>(i)};
      return false;
    }
    described.partitions.push_back(describe(topic, i, broker.options().node_id));
    --room;
  }
  return true;
}

}  // namespace

Response describe_topic_partitions(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  if (request.cursor && request.cursor->partition < 0) {
    response.topics.push_back(refused(request.cursor->topic, ErrorCode::invalid_request));
    return response;
  }
  auto room = static_cast<size_t>(std::clamp(request.most_partitions, 1, kMostPartitions));
  for (const std::string& name : names_of(broker, caller.access, request)) {
    const bool goes_on = request.cursor && request.cursor->topic == name;
    const ErrorCode refusal = caller.access.fault_at_topic(Operation::describe, name);
    if (refusal != ErrorCode::none) {
      response.topics.push_back(refused(name, refusal));
      continue;
    }
    const auto topic = broker.store().find(name);
    if (topic == nullptr) {
      response.topics.push_back(missing(name));
      continue;
    }
    if (room == 0) {
      response.next_cursor = Response::Cursor{name, 0};
      break;
    }
    const size_t first = goes_on ? static_cast<size_t>(std::max(0, request.cursor->partition)) : 0;
    const bool is_whole = add_topic(broker, *topic, first, room, response);
    response.topics.back().topic_authorized_operations =
        caller.access.operations_at(ResourceType::topic, name);
    if (!is_whole) {
      break;
    }
  }
  return response;
}

}  // namespace millrace::broker
