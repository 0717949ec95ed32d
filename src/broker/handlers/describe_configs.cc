// DescribeConfigs: settings of topics, of groups, and of the broker.
// https://kafka.apache.org/protocol#The_Messages_DescribeConfigs

#include "broker/handlers/describe_configs.h"

#include <algorithm>

#include "broker/broker.h"
#include "broker/broker_settings.h"
#include "topic/settings.h"

namespace millrace::broker {

using Request = kafka::DescribeConfigsRequest;
using Response = kafka::DescribeConfigsResponse;
using Config = Response::Result::Config;

namespace {

constexpr int8_t kTopicResource = 2;
constexpr int8_t kBrokerResource = 4;
constexpr int8_t kGroupResource = 32;
// Who names none wants all, whether by null or by an empty list.
bool is_wanted(const Request::Resource& resource, std::string_view name) {
  return !resource.keys || resource.keys->empty() ||
         std::find(resource.keys->begin(), resource.keys->end(), name) != resource.keys->end();
}

ErrorCode fault_in(const Access& access, const Request::Resource& resource) {
  if (resource.resource_type == kGroupResource) {
    return access.fault_at_group(Operation::describe_configs, resource.resource_name);
  }
  return resource.resource_type == kTopicResource
             ? access.fault_at_topic(Operation::describe_configs, resource.resource_name)
             : access.fault_at_cluster(Operation::describe_configs);
}

// In force is the first of the layers.
void fill_in(const std::vector<SettingLayer>& layers, bool with_synonyms, Config& config) {
  config.value = layers.front().value;
  config.config_source = static_cast<int8_t>(layers.front().origin);
  if (with_synonyms) {
    for (const SettingLayer& layer : layers) {
      config.synonyms.push_back({layer.name, layer.value, static_cast<int8_t>(layer.origin)});
    }
  }
}

std::vector<Config> describe_topic(const Broker& broker, const Request& request,
                                   const Request::Resource& resource,
                                   const topic::Settings& settings) {
  std::vector<Config> configs;
  const auto changed = broker.changed_settings().layers();
  for (const topic::Setting& setting : topic::all_settings()) {
    if (!is_wanted(resource, setting.name)) {
      continue;
    }
    Config& config = configs.emplace_back();
    config.name = setting.name;
    config.config_type = static_cast<int8_t>(setting.type);
    const std::vector<SettingLayer> layers = layers_of(setting, settings, *changed);
    if (layers.empty()) {
      config.value = setting.otherwise;
      config.config_source = static_cast<int8_t>(Origin::built_in);
    } else {
      fill_in(layers, request.include_synonyms, config);
    }
    if (request.include_documentation) {
      config.documentation = setting.documentation;
    }
  }
  return configs;
}

std::vector<Config> describe_group(const Broker& broker, const Request& request,
                                   const Request::Resource& resource) {
  std::vector<Config> configs;
  for (const topic::Setting& setting : settings_of_groups()) {
    if (!is_wanted(resource, setting.name)) {
      continue;
    }
    Config& config = configs.emplace_back();
    config.name = setting.name;
    config.config_type = static_cast<int8_t>(setting.type);
    fill_in(layers_of_group(broker, setting, resource.resource_name), request.include_synonyms,
            config);
    if (request.include_documentation) {
      config.documentation = setting.documentation;
    }
  }
  return configs;
}

// The settings of the broker that is named; where none is, those that are set for all.
std::vector<Config> describe_broker(const Broker& broker, const Caller& caller,
                                    const Request& request, const Request::Resource& resource) {
  std::vector<Config> configs;
  for (BrokerSetting& setting : broker_settings(broker, *caller.endpoint)) {
    if (resource.resource_name.empty()) {
      std::erase_if(setting.layers,
                    [](const SettingLayer& each) { return each.origin != Origin::all_brokers; });
    }
    if (setting.layers.empty() || !is_wanted(resource, setting.name)) {
      continue;
    }
    Config& config = configs.emplace_back();
    config.name = setting.name;
    config.read_only = setting.read_only;
    config.config_type = static_cast<int8_t>(setting.type);
    fill_in(setting.layers, request.include_synonyms, config);
    if (request.include_documentation) {
      config.documentation = setting.documentation;
    }
  }
  return configs;
}

}  // namespace

Response describe_configs(Broker& broker, const Caller& caller, const Request& request) {
  Response response;
  for (const Request::Resource& resource : request.resources) {
    Response::Result& result = response.results.emplace_back();
    result.resource_type = resource.resource_type;
    result.resource_name = resource.resource_name;
    result.error_code = fault_in(caller.access, resource);
    if (result.error_code != ErrorCode::none) {
      continue;
    }
    if (resource.resource_type == kBrokerResource) {
      if (resource.resource_name.empty() ||
          resource.resource_name == std::to_string(broker.options().node_id)) {
        result.configs = describe_broker(broker, caller, request, resource);
      } else {
        result.error_code = ErrorCode::invalid_request;
        result.error_message = "the only broker is " + std::to_string(broker.options().node_id);
      }
    } else if (resource.resource_type == kGroupResource && !resource.resource_name.empty()) {
      result.configs = describe_group(broker, request, resource);
    } else if (resource.resource_type != kTopicResource) {
      result.error_code = ErrorCode::invalid_request;
      result.error_message = "only topics, groups and brokers have settings";
    } else if (const auto topic = broker.store().find(resource.resource_name)) {
      result.configs = describe_topic(broker, request, resource, topic->settings);
    } else {
      result.error_code = topic::fault_in_topic_name(resource.resource_name).empty()
                              ? ErrorCode::unknown_topic_or_partition
                              : ErrorCode::invalid_topic;
    }
  }
  return response;
}

}  // namespace millrace::broker
