#include "broker/change_settings.h"

#include "broker/access/access.h"
#include "broker/broker.h"

namespace millrace::broker {

using OurErrorCode = millrace::ErrorCode;

constexpr int8_t kTopicResource = 2;
constexpr int8_t kBrokerResource = 4;
constexpr int8_t kGroupResource = 32;

// Changes them, and says whether they are as Kafka allows.
static SettingsFault checked(topic::Settings& settings, const ChangeSettings& change) {
  if (SettingsFault fault = change(settings, topic::find_setting); fault.code != ErrorCode::none) {
    return fault;
  }
  if (std::string fault = topic::fault_in_settings(settings); !fault.empty()) {
    return {ErrorCode::invalid_config, std::move(fault)};
  }
  return {};
}

static SettingsFault change_topic(Broker& broker, const std::string& name, bool validate_only,
                                  const ChangeSettings& change) {
  if (name.empty()) {
    return {ErrorCode::invalid_request, "Default topic resources are not allowed."};
  }
  const auto topic = broker.store().find(name);
  if (topic == nullptr) {
    return {ErrorCode::unknown_topic_or_partition, "there is no topic '" + name + "'"};
  }
  if (validate_only) {
    topic::Settings settings = topic->settings;
    return checked(settings, change);
  }
  SettingsFault fault;
  const auto configured =
      broker.store().configure(name, [&](topic::Settings settings) -> Result<topic::Settings> {
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

template <typename Work>
static SettingsFault as_told(const Work& work) {
  try {
    return work();
  } catch (const Error& error) {  // the disk says no; the answer has a place for it
    return {kafka::to_kafka(error.code()), error.message()};
  }
}

// Of the one broker that there is, or of all, where none is named.
static SettingsFault change_broker(Broker& broker, const std::string& name, bool validate_only,
                                   const ChangeSettings& change) {
  using Scope = ChangedSettings::Scope;
  using Then = ChangedSettings::Then;
  const std::string this_one = std::to_string(broker.options().node_id);
  if (!name.empty() && name != this_one) {
    return {ErrorCode::invalid_request, "the only broker is " + this_one};
  }
  return as_told([&] {
    return broker.changed_settings().change(
        name.empty() ? Scope::all_brokers : Scope::this_broker,
        [&change](topic::Settings& settings) { return change(settings, find_changeable); },
        validate_only ? Then::forget : Then::keep);
  });
}

static SettingsFault change_group(Broker& broker, const std::string& name, bool validate_only,
                                  const ChangeSettings& change) {
  using Then = ChangedSettings::Then;
  if (name.empty()) {
    return {ErrorCode::invalid_request, "Default group resources are not allowed."};
  }
  return as_told([&] {
    return broker.changed_settings().change_group(
        name,
        [&change](topic::Settings& settings) { return change(settings, find_setting_of_group); },
        validate_only ? Then::forget : Then::keep);
  });
}

static ErrorCode refusal_of(const Access& access, int8_t resource_type, const std::string& name) {
  switch (resource_type) {
    case kTopicResource: return access.fault_at_topic(Operation::alter_configs, name);
    case kGroupResource: return access.fault_at_group(Operation::alter_configs, name);
    default: return access.fault_at_cluster(Operation::alter_configs);
  }
}

SettingsFault change_settings(Broker& broker, const Access& access, int8_t resource_type,
                              const std::string& resource_name, bool validate_only,
                              const ChangeSettings& change) {
  const ErrorCode refusal = refusal_of(access, resource_type, resource_name);
  if (refusal != ErrorCode::none) {
    return {refusal, "the settings of '" + resource_name + "' are not for this user to change"};
  }
  switch (resource_type) {
    case kTopicResource: return change_topic(broker, resource_name, validate_only, change);
    case kBrokerResource: return change_broker(broker, resource_name, validate_only, change);
    case kGroupResource: return change_group(broker, resource_name, validate_only, change);
    default:
      return {ErrorCode::invalid_request,
              "only the settings of topics, groups and brokers can be changed"};
  }
}

}  // namespace millrace::broker
