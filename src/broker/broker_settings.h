#pragma once

// The broker's settings by Kafka's names: how it was started, what is built in, and the defaults
// that topics inherit. None of them changes while it runs.
// https://kafka.apache.org/documentation/#brokerconfigs

#include <string>
#include <vector>

#include "topic/settings.h"

namespace millrace::broker {

class Broker;
struct Endpoint;

struct BrokerSetting {
  // As DescribeConfigs has them.
  enum class Origin : int8_t { all_brokers = 3, millrace_toml = 4, built_in = 5 };

  std::string name;
  std::string value;
  topic::Setting::Type type;
  Origin origin = Origin::built_in;
  std::string_view documentation = {};
};

// A setting that Kafka's controller gives all brokers of a new cluster for itself (KIP-966): tools
// expect to find it among those that are set.
constexpr std::string_view kSetForAllBrokers = "min.insync.replicas";

// Where a topic with these settings has this one from, as DescribeConfigs numbers it.
int8_t source_of(const topic::Setting& setting, const topic::Settings& settings);

// As a client that came in by this port is told, in the order of their names.
std::vector<BrokerSetting> broker_settings(const Broker& broker, const Endpoint& endpoint);

}  // namespace millrace::broker
