// DescribeConfigs: settings of topics, and of the broker.
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
constexpr int8_t kFromTopic = 1;
constexpr auto kFromAllBrokers = static_cast<int8_t>(BrokerSetting::Origin::all_brokers);
constexpr auto kFromDefault = static_cast<int8_t>(BrokerSetting::Origin::built_in);

// Who names none wants all, whether by null or by an empty list.
bool is_wanted(const Request::Resource& resource, std::string_view name) {
  return !resource.keys || resource.keys->empty() ||
         std::find(resource.keys->begin(), resource.keys->end(), name) != resource.keys->end();
}

ErrorCode fault_in(const Access& access, const Request::Resource& resource) {
  return resource.resource_type == kTopicResource
             ? access.fault_at_topic(Operation::describe_configs, resource.resource_name)
             : access.fault_at_cluster(Operation::describe_configs);
}

std::vector<Config> describe(const Request::Resource& resource, const topic::Settings& settings,
                             bool with_synonyms, bool with_documentation) {
  std::vector<Config> configs;
  for (const topic::Setting& setting : topic::all_settings()) {
    if (!is_wanted(resource, setting.name)) {
      continue;
    }
    const auto set = settings.find(std::string(setting.name));
    Config& config = configs.emplace_back();
    config.name = setting.name;
    config.value = set == settings.end() ? std::string(setting.otherwise) : set->second;
    config.config_source = source_of(setting, settings);
    config.config_type = static_cast<int8_t>(setting.type);
    if (with_synonyms) {
      if (set != settings.end()) {
        config.synonyms.push_back({config.name, config.value, kFromTopic});
      }
      if (setting.of_broker == kSetForAllBrokers) {
        config.synonyms.push_back(
            {std::string(setting.of_broker), std::string(setting.otherwise), kFromAllBrokers});
      }
      if (!setting.of_broker.empty()) {
        config.synonyms.push_back(
            {std::string(setting.of_broker), std::string(setting.otherwise), kFromDefault});
      }
    }
    if (with_documentation) {
      config.documentation = setting.documentation;
    }
  }
  return configs;
}

// The settings of the broker that is named; where none is, those that are set for all.
std::vector<Config> describe_broker(const Broker& broker, const Caller& caller,
                                    const Request& request, const Request::Resource& resource) {
  std::vector<Config> configs;
  for (const BrokerSetting& setting : broker_settings(broker, *caller.endpoint)) {
    const bool is_of_this =
        !resource.resource_name.empty() || setting.origin == BrokerSetting::Origin::all_brokers;
    if (!is_of_this || !is_wanted(resource, setting.name)) {
      continue;
    }
    Config& config = configs.emplace_back();
    config.name = setting.name;
    config.value = setting.value;
    config.read_only = true;
    config.config_source = static_cast<int8_t>(setting.origin);
    config.config_type = static_cast<int8_t>(setting.type);
    if (request.include_synonyms) {
      config.synonyms.push_back({config.name, config.value, config.config_source});
    }
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
    } else if (resource.resource_type != kTopicResource) {
      result.error_code = ErrorCode::invalid_request;
      result.error_message = "only topics and brokers have settings";
    } else if (const auto topic = broker.store().find(resource.resource_name)) {
      result.configs = describe(resource, topic->settings, request.include_synonyms,
                                request.include_documentation);
    } else {
      result.error_code = ErrorCode::unknown_topic_or_partition;
    }
  }
  return response;
}

}  // namespace millrace::broker
