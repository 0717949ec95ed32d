// AlterConfigs: gives topics, or the broker, new settings in place of all that were set.
// https://kafka.apache.org/protocol#The_Messages_AlterConfigs

#include "broker/handlers/alter_configs.h"

#include "broker/broker.h"
#include "broker/change_settings.h"

namespace millrace::broker {

using Request = kafka::AlterConfigsRequest;
using Response = kafka::AlterConfigsResponse;

Response alter_configs(Broker& broker, const Access& access, const Request& request) {
  Response response;
  for (const Request::Resource& resource : request.resources) {
    const SettingsFault fault = change_settings(
        broker, access, resource.resource_type, resource.resource_name, request.validate_only,
        [&](topic::Settings& settings, FindSetting) -> SettingsFault {
          settings.clear();
          for (const auto& config : resource.configs) {
            if (!config.value) {
              return {ErrorCode::invalid_request, "Null value not supported for : " + config.name};
            }
            settings[config.name] = *config.value;
          }
          return {};
        });
    response.results.push_back(
        {fault.code,
         fault.code == ErrorCode::none ? std::nullopt : std::optional<std::string>(fault.message),
         resource.resource_type, resource.resource_name});
  }
  return response;
}

}  // namespace millrace::broker
