#include "broker/broker_settings.h"

#include <algorithm>

#include "broker/broker.h"
#include "broker/endpoint.h"

namespace millrace::broker {

using Origin = BrokerSetting::Origin;
using Type = topic::Setting::Type;

int8_t source_of(const topic::Setting& setting, const topic::Settings& settings) {
  constexpr int8_t kFromTopic = 1;
  if (settings.contains(std::string(setting.name))) {
    return kFromTopic;
  }
  return static_cast<int8_t>(setting.of_broker == kSetForAllBrokers ? Origin::all_brokers
                                                                    : Origin::built_in);
}

static std::string text_of(bool value) { return value ? "true" : "false"; }

static std::vector<BrokerSetting> own_settings(const Broker& broker, const Endpoint& endpoint) {
  const Options& options = broker.options();
  const std::string listener = std::string(endpoint.protocol()) + "://" + endpoint.host + ":" +
                               std::to_string(endpoint.port);
  const int64_t retention_minutes = options.offsets_retention.ms() / 60'000;
  return {
      {"advertised.listeners", listener, Type::string, Origin::millrace_toml},
      {"auto.create.topics.enable", text_of(options.auto_create_topics), Type::boolean,
       Origin::millrace_toml},
      {"broker.id", std::to_string(options.node_id), Type::integer},
      {"default.replication.factor", "1", Type::integer},
      {"delete.topic.enable", "true", Type::boolean},
      {"fetch.max.bytes", std::to_string(options.max_fetch_bytes), Type::integer},
      {"group.consumer.heartbeat.interval.ms", std::to_string(options.group_heartbeat.ms()),
       Type::integer, Origin::millrace_toml},
      {"group.consumer.session.timeout.ms", std::to_string(options.group_session.ms()),
       Type::integer, Origin::millrace_toml},
      {"group.max.session.timeout.ms", std::to_string(options.max_session_timeout_ms),
       Type::integer},
      {"group.max.size", std::to_string(options.most_group_members), Type::integer},
      {"group.min.session.timeout.ms", std::to_string(options.min_session_timeout_ms),
       Type::integer},
      {"listeners", listener, Type::string, Origin::millrace_toml},
      {"log.dirs", broker.store().directory(), Type::list, Origin::millrace_toml},
      {"node.id", std::to_string(options.node_id), Type::integer},
      {"num.partitions", std::to_string(options.default_partitions), Type::integer,
       Origin::millrace_toml},
      {"offsets.retention.minutes", std::to_string(retention_minutes), Type::integer,
       Origin::millrace_toml},
  };
}

std::vector<BrokerSetting> broker_settings(const Broker& broker, const Endpoint& endpoint) {
  std::vector<BrokerSetting> settings = own_settings(broker, endpoint);
  for (const topic::Setting& setting : topic::all_settings()) {
    if (!setting.of_broker.empty()) {
      settings.push_back({.name = std::string(setting.of_broker),
                          .value = std::string(setting.otherwise),
                          .type = setting.type,
                          .origin = setting.of_broker == kSetForAllBrokers ? Origin::all_brokers
                                                                           : Origin::built_in,
                          .documentation = setting.documentation});
    }
  }
  std::sort(settings.begin(), settings.end(),
            [](const BrokerSetting& a, const BrokerSetting& b) { return a.name < b.name; });
  return settings;
}

}  // namespace millrace::broker
