// AlterConfigs: gives topics, or the broker, new settings in place of all that were set.
// https://kafka.apache.org/protocol#The_Messages_AlterConfigs

#include "broker/handlers/alter_configs.h"

#include "broker/broker.h"
#include "broker/change_settings.h"

namespace millrace::broker {

using Request = kafka::AlterConfigsRequest;
using Response = kafka::AlterConfigsResponse;

Response alter_configs(Broker& broker, const Access& access, const Request& request) {
  return change_resources<Response>(broker, access, request, [](const Request::Resource& resource) {
    return [&resource](topic::Settings& settings, FindSetting) -> SettingsFault {
      settings.clear();
      for (const auto& config : resource.configs) {
        if (!config.value) {
          return {ErrorCode::invalid_request, "Null value not supported for : " + config.name};
        }
        settings[config.name] = *config.value;
      }
      return {};
    };
  });
}

}  // namespace millrace::broker
