#include "broker/change_settings.h"

#include "broker/access/access.h"
#include "broker/broker.h"

namespace millrace::broker {

using OurErrorCode = millrace::ErrorCode;
using ChangeSettings = std::function<SettingsFault(topic::Settings&)>;

// Changes them, and says whether they are as Kafka allows.
static SettingsFault checked(topic::Settings& settings, const ChangeSettings& change) {
  if (SettingsFault fault = change(settings); fault.code != ErrorCode::none) {
    return fault;
  }
  if (std::string fault = topic::fault_in_settings(settings); !fault.empty()) {
    return {ErrorCode::invalid_config, std::move(fault)};
  }
  return {};
}

SettingsFault change_settings(Broker& broker, const Access& access, int8_t resource_type,
                              const std::string& resource_name, bool validate_only,
                              const ChangeSettings& change) {
  constexpr int8_t kTopicResource = 2;
  constexpr int8_t kBrokerResource = 4;
  const ErrorCode refusal = resource_type == kTopicResource
                                ? access.fault_at_topic(Operation::alter_configs, resource_name)
                                : access.fault_at_cluster(Operation::alter_configs);
  if (refusal != ErrorCode::none) {
    return {refusal, "the settings of '" + resource_name + "' are not for this user to change"};
  }
  if (resource_type == kBrokerResource) {
    // Tools take back what they never set: that changes nothing, and is well.
    topic::Settings none;
    const SettingsFault fault = change(none);
    return fault.code == ErrorCode::none && none.empty()
               ? SettingsFault{}
               : SettingsFault{ErrorCode::invalid_request,
                               "the broker's settings stand in its millrace.toml"};
  }
  if (resource_type != kTopicResource) {
    return {ErrorCode::invalid_request, "only the settings of topics can be changed"};
  }
  const auto topic = broker.store().find(resource_name);
  if (topic == nullptr) {
    return {ErrorCode::unknown_topic_or_partition, "there is no topic '" + resource_name + "'"};
  }
  if (validate_only) {
    topic::Settings settings = topic->settings;
    return checked(settings, change);
  }
  SettingsFault fault;
  const auto configured = broker.store().configure(
      resource_name, [&](topic::Settings settings) -> Result<topic::Settings> {
        fault = checked(settings, change);
        if (fault.code != ErrorCode::none) {
          return Error(OurErrorCode::invalid_argument, fault.message);
        }
        return settings;
      });
  if (fault.code != ErrorCode::none || configured.ok()) {
    return fault;
  }
  return {kafka::to_kafka(configured.error().code()), configured.error().message()};
}

}  // namespace millrace::broker
