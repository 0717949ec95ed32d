#pragma once

// The broker's settings by Kafka's names: how it was started, what is built in, and the defaults
// that topics inherit, which alone change while it runs (changed_settings.h).
// https://kafka.apache.org/documentation/#brokerconfigs

#include <string>
#include <string_view>
#include <vector>

#include "broker/changed_settings.h"
#include "topic/settings.h"

namespace millrace::broker {

class Broker;
struct Endpoint;

// Where a value stands, as DescribeConfigs numbers it.
enum class Origin : int8_t {
  topic = 1,
  this_broker = 2,
  all_brokers = 3,
  millrace_toml = 4,
  built_in = 5,
  group = 8
};

struct SettingLayer {
  std::string name;
  std::string value;
  Origin origin;
};

// All the values that there are for a topic's setting, the one in force first. None where it has
// the default that is built in and cannot be changed for all topics.
std::vector<SettingLayer> layers_of(const topic::Setting& setting, const topic::Settings& of_topic,
                                    const ChangedSettings::Layers& changed);

// The same of a consumer group's, which falls back to how the broker was started.
std::vector<SettingLayer> layers_of_group(const Broker& broker, const topic::Setting& setting,
                                          const std::string& group);

struct BrokerSetting {
  std::string name;
  topic::Setting::Type type;
  std::vector<SettingLayer> layers;  // the value in force first, never empty
  bool read_only = true;
  std::string_view documentation = {};
};

// As a client that came in by this port is told, in the order of their names.
std::vector<BrokerSetting> broker_settings(const Broker& broker, const Endpoint& endpoint);

}  // namespace millrace::broker
