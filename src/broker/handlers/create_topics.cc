// CreateTopics: makes topics.
// https://kafka.apache.org/protocol#The_Messages_CreateTopics

#include "broker/handlers/create_topics.h"

#include <map>
#include <set>
#include <utility>

#include "broker/broker.h"
#include "broker/broker_settings.h"
#include "topic/settings.h"

namespace millrace::broker {

using Request = kafka::CreateTopicsRequest;
using Response = kafka::CreateTopicsResponse;

namespace {

struct Fault {
  ErrorCode code = ErrorCode::none;
  std::string message;
};

int32_t partitions_of(const Broker& broker, const Request::Topic& wanted) {
  if (!wanted.assignments.empty()) {
    return static_cast<int32_t>(wanted.assignments.size());
  }
  return wanted.partition_count == -1 ? broker.options().default_partitions
                                      : wanted.partition_count;
}

topic::Settings settings_in(const Request::Topic& wanted) {
  topic::Settings settings;
  for (const auto& config : wanted.configs) {
    settings[config.name] = config.value.value_or("");
  }
  return settings;
}

// Who may make any topic, and who may make one of this name.
Fault fault_in(const Access& access, const std::string& name) {
  if (access.fault_at_cluster(Operation::create) == ErrorCode::none) {
    return {};
  }
  const ErrorCode refusal = access.fault_at_topic(Operation::create, name);
  return {refusal, refusal == ErrorCode::none ? "" : "Authorization failed."};
}

Fault fault_in(const Broker& broker, const Request::Topic& wanted) {
  if (const auto fault = topic::fault_in_topic_name(wanted.name); !fault.empty()) {
    return {ErrorCode::invalid_topic,
            "Topic name is invalid: '" + wanted.name + "' " + std::string(fault)};
  }
  if (is_internal(wanted.name)) {
    return {ErrorCode::invalid_request, "the broker makes topic '" + wanted.name + "' itself"};
  }
  if (broker.store().find(wanted.name) != nullptr) {
    return {ErrorCode::topic_already_exists, "Topic '" + wanted.name + "' already exists."};
  }
  if (const std::string other = broker.store().same_in_metrics(wanted.name); !other.empty()) {
    return {ErrorCode::invalid_topic,
            "Topic '" + wanted.name + "' collides with existing topic: " + other};
  }
  if (wanted.assignments.empty() && wanted.replication_factor != -1 &&
      wanted.replication_factor != 1) {
    return {ErrorCode::invalid_replication_factor,
            "Replication factor: " + std::to_string(wanted.replication_factor) +
                ", and there is one broker."};
  }
  if (!wanted.assignments.empty() &&
      (wanted.partition_count != -1 || wanted.replication_factor != -1)) {
    return {ErrorCode::invalid_request,
            "A manual partition assignment was specified, so numbers of partitions and replicas "
            "must be -1."};
  }
  std::set<int32_t> assigned;
  for (const auto& assignment : wanted.assignments) {
    if (!assigned.insert(assignment.index).second ||
        static_cast<size_t>(assignment.index) >= wanted.assignments.size()) {
      return {ErrorCode::invalid_replica_assignment,
              "partitions should be a consecutive 0-based "
              "integer sequence"};
    }
    if (assignment.broker_ids != std::vector<int32_t>{broker.options().node_id}) {
      return {ErrorCode::invalid_replica_assignment,
              "the only broker is " + std::to_string(broker.options().node_id)};
    }
  }
  if (partitions_of(broker, wanted) < 1) {
    return {ErrorCode::invalid_partitions, "a topic has at least 1 partition"};
  }
  if (std::string fault = topic::fault_in_settings(settings_in(wanted)); !fault.empty()) {
    return {ErrorCode::invalid_config, std::move(fault)};
  }
  return {};
}

// What the topic has, for who may know it.
std::vector<Response::Topic::Config> configs_of(const Broker& broker, const Access& access,
                                                const Request::Topic& wanted) {
  std::vector<Response::Topic::Config> configs;
  if (access.fault_at_topic(Operation::describe_configs, wanted.name) != ErrorCode::none) {
    return configs;
  }
  const topic::Settings settings = settings_in(wanted);
  const auto changed = broker.changed_settings().layers();
  for (const topic::Setting& setting : topic::all_settings()) {
    Response::Topic::Config& config = configs.emplace_back();
    config.name = setting.name;
    const std::vector<SettingLayer> layers = layers_of(setting, settings, *changed);
    config.value = layers.empty() ? std::string(setting.otherwise) : layers.front().value;
    config.config_source =
        static_cast<int8_t>(layers.empty() ? Origin::built_in : layers.front().origin);
  }
  return configs;
}

Fault create(Broker& broker, const Request::Topic& wanted, Response::Topic& result) {
  const auto created =
      broker.store().create(wanted.name, partitions_of(broker, wanted), settings_in(wanted));
  if (created.ok()) {
    result.topic_id = (*created)->id;
    return {};
  }
  const ErrorCode code = created.error().code() == millrace::ErrorCode::invalid_argument
                             ? ErrorCode::invalid_partitions
                             : kafka::to_kafka(created.error().code());
  return {code, created.error().message()};
}

}  // namespace

Response create_topics(Broker& broker, const Access& access, const Request& request) {
  Response response;
  std::map<std::string_view, int> times;
  for (const Request::Topic& wanted : request.topics) {
    ++times[wanted.name];
  }
  for (const Request::Topic& wanted : request.topics) {
    // Which of them would be meant? It is answered once, and not made, as at Kafka.
    int& named = times[wanted.name];
    if (named == 0) {
      continue;
    }
    Response::Topic& result = response.topics.emplace_back();
    result.name = wanted.name;
    result.configs.emplace();
    if (std::exchange(named, named > 1 ? 0 : 1) > 1) {
      result.error_code = ErrorCode::invalid_request;
      result.error_message = "Duplicate topic name.";
      continue;
    }
    Fault fault = fault_in(access, wanted.name);
    if (fault.code == ErrorCode::none) {
      fault = fault_in(broker, wanted);
    }
    if (fault.code == ErrorCode::none && !request.validate_only) {
      fault = create(broker, wanted, result);
    }
    if (fault.code == ErrorCode::none) {
      result.partition_count = partitions_of(broker, wanted);
      result.replication_factor = 1;
      result.configs = configs_of(broker, access, wanted);
    } else {
      result.error_code = fault.code;
      result.error_message = std::move(fault.message);
    }
  }
  return response;
}

}  // namespace millrace::broker
