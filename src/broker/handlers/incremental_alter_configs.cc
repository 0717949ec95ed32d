// IncrementalAlterConfigs: changes single settings of topics, of groups and of the broker.
// https://kafka.apache.org/protocol#The_Messages_IncrementalAlterConfigs

#include "broker/handlers/incremental_alter_configs.h"

#include <algorithm>

#include "broker/broker.h"
#include "broker/change_settings.h"

namespace millrace::broker {

using Request = kafka::IncrementalAlterConfigsRequest;
using Response = kafka::IncrementalAlterConfigsResponse;
using Config = Request::Resource::Config;

namespace {

enum Operation : int8_t { kSet = 0, kDelete = 1, kAppend = 2, kSubtract = 3 };

std::vector<std::string> items_of(std::string_view list) {
  std::vector<std::string> items;
  while (!list.empty()) {
    items.emplace_back(list.substr(0, list.find(',')));
    list.remove_prefix(std::min(list.size(), items.back().size() + 1));
  }
  return items;
}

// The list with these items added, where they are not in it, or taken out.
std::string changed_list(std::string_view list, std::string_view change, int8_t operation) {
  std::vector<std::string> items = items_of(list);
  for (const std::string& item : items_of(change)) {
    if (operation == kSubtract) {
      std::erase(items, item);
    } else if (std::find(items.begin(), items.end(), item) == items.end()) {
      items.push_back(item);
    }
  }
  std::string joined;
  for (const std::string& item : items) {
    joined += (joined.empty() ? "" : ",") + item;
  }
  return joined;
}

SettingsFault apply(const Config& config, topic::Settings& settings, FindSetting find_setting) {
  if (config.operation == kDelete) {
    settings.erase(config.name);  // as at Kafka, whether there is such a setting or not
    return {};
  }
  if (!config.value) {
    return {ErrorCode::invalid_request, "Null value not supported for : " + config.name};
  }
  if (config.operation == kSet) {
    settings[config.name] = *config.value;  // whether there is such a setting is seen at the end
    return {};
  }
  if (config.operation != kAppend && config.operation != kSubtract) {
    return {ErrorCode::invalid_request,
            "there is no operation " + std::to_string(config.operation)};
  }
  const topic::Setting* setting = find_setting(config.name);
  if (setting == nullptr || setting->type != topic::Setting::Type::list) {
    return {ErrorCode::invalid_config, "setting '" + config.name + "' is no list"};
  }
  const auto known = settings.find(config.name);
  settings[config.name] =
      changed_list(known == settings.end() ? setting->otherwise : std::string_view(known->second),
                   *config.value, config.operation);
  return {};
}

SettingsFault apply_all(const std::vector<Config>& configs, topic::Settings& settings,
                        FindSetting find_setting) {
  for (const Config& config : configs) {
    if (SettingsFault wrong = apply(config, settings, find_setting);
        wrong.code != ErrorCode::none) {
      return wrong;
    }
  }
  return {};
}

}  // namespace

Response incremental_alter_configs(Broker& broker, const Access& access, const Request& request) {
  return change_resources<Response>(broker, access, request, [](const Request::Resource& resource) {
    return [&resource](topic::Settings& settings, FindSetting find_setting) {
      return apply_all(resource.configs, settings, find_setting);
    };
  });
}

}  // namespace millrace::broker
