#pragma once

// Changing the settings of a topic or of the broker, for the APIs that do.

#include <cstdint>
#include <functional>
#include <string>

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

}  // namespace millrace::broker
