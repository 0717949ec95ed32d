#pragma once

// Changing the settings of a topic or of the broker, for the APIs that do.

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "broker/changed_settings.h"
#include "topic/settings.h"

namespace millrace::broker {

class Access;
class Broker;

// How a setting of that name is written; nullptr where it is not one that changes.
using FindSetting = const topic::Setting* (*)(std::string_view name);
using ChangeSettings =
    std::function<SettingsFault(topic::Settings& settings, FindSetting find_setting)>;

// Hands the settings of the topic, or those of the broker that were changed, to `change`, and keeps
// what it made of them where all of it is as Kafka allows, who asks may change it, and
// `validate_only` does not say otherwise. Waits for the disk: for Broker::off_loop.
SettingsFault change_settings(Broker& broker, const Access& access, int8_t resource_type,
                              const std::string& resource_name, bool validate_only,
                              const ChangeSettings& change);

// A request's resources, each by itself, by what `change_of` makes of it: a ChangeSettings. What is
// named twice is not changed: neither a resource of the request, nor a setting of a resource.
template <typename Response, typename Request, typename ChangeOf>
Response change_resources(Broker& broker, const Access& access, const Request& request,
                          const ChangeOf& change_of) {
  std::map<std::pair<int8_t, std::string_view>, size_t> times;
  for (const auto& resource : request.resources) {
    ++times[{resource.resource_type, resource.resource_name}];
  }
  const auto fault_in = [&times](const auto& resource) -> SettingsFault {
    if (times.at({resource.resource_type, resource.resource_name}) > 1) {
      return {kafka::ErrorCode::invalid_request, "Each resource must appear at most once."};
    }
    std::set<std::string_view> names;
    for (const auto& config : resource.configs) {
      if (!names.insert(config.name).second) {
        return {kafka::ErrorCode::invalid_request,
                "Error due to duplicate config keys: '" + config.name + "'"};
      }
    }
    return {};
  };
  Response response;
  for (const auto& resource : request.resources) {
    SettingsFault fault = fault_in(resource);
    if (fault.code == kafka::ErrorCode::none) {
      fault = change_settings(broker, access, resource.resource_type, resource.resource_name,
                              request.validate_only, change_of(resource));
    }
    auto& result = response.results.emplace_back();
    result.error_code = fault.code;
    if (fault.code != kafka::ErrorCode::none) {
      result.error_message = std::move(fault.message);
    }
    result.resource_type = resource.resource_type;
    result.resource_name = resource.resource_name;
  }
  return response;
}

}  // namespace millrace::broker
