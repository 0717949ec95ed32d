#include "broker/broker_settings.h"

#include <algorithm>

#include "broker/broker.h"
#include "broker/endpoint.h"

namespace millrace::broker {

using Type = topic::Setting::Type;

// What stands for this one among the broker's settings, then what is built in.
static std::vector<SettingLayer> layers_at_broker(const std::string& name,
                                                  std::string_view otherwise,
                                                  const ChangedSettings::Layers& changed) {
  std::vector<SettingLayer> layers;
  if (const auto set = changed.this_broker.find(name); set != changed.this_broker.end()) {
    layers.push_back({name, set->second, Origin::this_broker});
  }
  if (const auto set = changed.all_brokers.find(name); set != changed.all_brokers.end()) {
    layers.push_back({name, set->second, Origin::all_brokers});
  }
  layers.push_back({name, std::string(otherwise), Origin::built_in});
  return layers;
}

std::vector<SettingLayer> layers_of(const topic::Setting& setting, const topic::Settings& of_topic,
                                    const ChangedSettings::Layers& changed) {
  std::vector<SettingLayer> layers;
  if (const auto set = of_topic.find(std::string(setting.name)); set != of_topic.end()) {
    layers.push_back({set->first, set->second, Origin::topic});
  }
  if (!setting.of_broker.empty()) {
    for (SettingLayer& layer :
         layers_at_broker(std::string(setting.of_broker), setting.otherwise, changed)) {
      layers.push_back(std::move(layer));
    }
  }
  return layers;
}

std::vector<SettingLayer> layers_of_group(const Broker& broker, const topic::Setting& setting,
                                          const std::string& group) {
  std::vector<SettingLayer> layers;
  const auto changed = broker.changed_settings().layers();
  if (const auto found = changed->groups.find(group); found != changed->groups.end()) {
    const auto set = found->second.find(std::string(setting.name));
    if (set != found->second.end()) {
      layers.push_back({set->first, set->second, Origin::group});
    }
  }
  const Options& options = broker.options();
  const Duration otherwise =
      setting.name == kGroupSession ? options.group_session : options.group_heartbeat;
  layers.push_back(
      {std::string(setting.of_broker), std::to_string(otherwise.ms()), Origin::millrace_toml});
  return layers;
}

static BrokerSetting fixed(std::string name, std::string value, Type type,
                           Origin origin = Origin::built_in) {
  std::vector<SettingLayer> layers{{name, std::move(value), origin}};
  return {.name = std::move(name), .type = type, .layers = std::move(layers)};
}

static BrokerSetting changeable(const topic::Setting& setting, std::string_view name,
                                const ChangedSettings::Layers& changed) {
  return {.name = std::string(name),
          .type = setting.type,
          .layers = layers_at_broker(std::string(name), setting.otherwise, changed),
          .read_only = false,
          .documentation = setting.documentation};
}

static std::string text_of(bool value) { return value ? "true" : "false"; }

static std::vector<BrokerSetting> own_settings(const Broker& broker, const Endpoint& endpoint) {
  const Options& options = broker.options();
  const std::string listener = std::string(endpoint.protocol()) + "://" + endpoint.host + ":" +
                               std::to_string(endpoint.port);
  const int64_t retention_minutes = options.offsets_retention.ms() / 60'000;
  return {
      fixed("advertised.listeners", listener, Type::list, Origin::millrace_toml),
      fixed("auto.create.topics.enable", text_of(options.auto_create_topics), Type::boolean,
            Origin::millrace_toml),
      fixed("broker.id", std::to_string(options.node_id), Type::integer),
      fixed("connections.max.reauth.ms", std::to_string(options.login_lifetime.ms()),
            Type::long_integer, Origin::millrace_toml),
      fixed("default.replication.factor", "1", Type::integer),
      fixed("delete.topic.enable", "true", Type::boolean),
      fixed("fetch.max.bytes", std::to_string(options.max_fetch_bytes), Type::integer),
      fixed("group.consumer.heartbeat.interval.ms", std::to_string(options.group_heartbeat.ms()),
            Type::integer, Origin::millrace_toml),
      fixed("group.consumer.session.timeout.ms", std::to_string(options.group_session.ms()),
            Type::integer, Origin::millrace_toml),
      fixed("group.max.session.timeout.ms", std::to_string(options.max_session_timeout_ms),
            Type::integer),
      fixed("group.max.size", std::to_string(options.most_group_members), Type::integer),
      fixed("group.min.session.timeout.ms", std::to_string(options.min_session_timeout_ms),
            Type::integer),
      fixed("listeners", listener, Type::list, Origin::millrace_toml),
      fixed("log.dirs", broker.store().directory(), Type::list, Origin::millrace_toml),
      fixed("node.id", std::to_string(options.node_id), Type::integer),
      fixed("num.partitions", std::to_string(options.default_partitions), Type::integer,
            Origin::millrace_toml),
      fixed("offsets.retention.minutes", std::to_string(retention_minutes), Type::integer,
            Origin::millrace_toml),
  };
}

std::vector<BrokerSetting> broker_settings(const Broker& broker, const Endpoint& endpoint) {
  std::vector<BrokerSetting> settings = own_settings(broker, endpoint);
  const auto changed = broker.changed_settings().layers();
  for (const topic::Setting& setting : topic::all_settings()) {
    if (!setting.of_broker.empty()) {
      settings.push_back(changeable(setting, setting.of_broker, *changed));
    }
  }
  for (const topic::Setting& setting : changeable_of_broker_alone()) {
    settings.push_back(changeable(setting, setting.name, *changed));
  }
  std::sort(settings.begin(), settings.end(),
            [](const BrokerSetting& a, const BrokerSetting& b) { return a.name < b.name; });
  return settings;
}

}  // namespace millrace::broker
