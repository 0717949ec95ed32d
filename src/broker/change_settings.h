#pragma once

// Changing the settings of a topic, for the APIs that do.

#include <cstdint>
#include <functional>
#include <string>

#include "kafka/error_code.h"
#include "topic/settings.h"

namespace millrace::broker {

class Access;
class Broker;

struct SettingsFault {
  kafka::ErrorCode code = kafka::ErrorCode::none;
  std::string message;
};

// Hands the topic's settings to `change`, and keeps what it made of them where all of it is as
// Kafka allows, who asks may change it, and `validate_only` does not say otherwise. Only topics
// have settings that change. Waits for the disk: for Broker::off_loop.
SettingsFault change_settings(
    Broker& broker, const Access& access, int8_t resource_type, const std::string& resource_name,
    bool validate_only, const std::function<SettingsFault(topic::Settings& settings)>& change);

}  // namespace millrace::broker
