#include "broker/changed_settings.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/error.h"
#include "base/json.h"
#include "base/utf8.h"
#include "io/files.h"
#include "topic/store.h"

namespace millrace::broker {

namespace {

using topic::Setting;
using topic::Settings;

using Type = Setting::Type;

constexpr double kAny = std::numeric_limits<double>::lowest();
constexpr std::string_view kOtherThreads = "accepted without effect: the threads are other ones";
constexpr std::string_view kOtherCleaner = "accepted without effect: the cleaner is another one";
constexpr std::string_view kNoKerberos = "accepted without effect: there is no Kerberos";

constexpr std::string_view kRestOfCleaner = "log.cleaner.backoff.ms";

// Beside the defaults of topics. What tunes machinery of Kafka's that is not here is taken, for
// tools set it; what would bound or secure something here, and does not, is not.
constexpr Setting kOfBrokerAlone[] = {
    {"background.threads", "10", Type::integer, 1, "", "", kOtherThreads},
    {kRestOfCleaner, "10000", Type::long_integer, 0, "", "",
     "how long the cleaner of logs rests between two rounds, which delete and compact: 50 ms at "
     "least and five minutes at most, whatever is set"},
    {"log.cleaner.dedupe.buffer.size", "134217728", Type::long_integer, 0, "", "", kOtherCleaner},
    {"log.cleaner.io.buffer.load.factor", "0.9", Type::real, 0, "", "", kOtherCleaner},
    {"log.cleaner.io.buffer.size", "524288", Type::integer, 0, "", "", kOtherCleaner},
    {"log.cleaner.threads", "1", Type::integer, 0, "", "", kOtherCleaner},
    {"num.io.threads", "8", Type::integer, 1, "", "", kOtherThreads},
    {"num.network.threads", "3", Type::integer, 1, "", "", kOtherThreads},
    {"num.recovery.threads.per.data.dir", "2", Type::integer, 1, "", "", kOtherThreads},
    {"num.replica.fetchers", "1", Type::integer, 1, "", "", kOtherThreads},
    {"sasl.kerberos.kinit.cmd", "/usr/bin/kinit", Type::string, kAny, "", "", kNoKerberos},
    {"sasl.kerberos.min.time.before.relogin", "60000", Type::long_integer, 0, "", "", kNoKerberos},
    {"sasl.kerberos.principal.to.local.rules", "DEFAULT", Type::list, kAny, "", "", kNoKerberos},
    {"sasl.kerberos.ticket.renew.jitter", "0.05", Type::real, 0, "", "", kNoKerberos},
    {"sasl.kerberos.ticket.renew.window.factor", "0.8", Type::real, 0, "", "", kNoKerberos},
};

constexpr Setting kOfGroups[] = {
    {kGroupHeartbeat, "5000", Type::integer, 5'000, "", "group.consumer.heartbeat.interval.ms",
     "how often members report"},
    {kGroupSession, "45000", Type::integer, 45'000, "", "group.consumer.session.timeout.ms",
     "after what silence members are taken for gone"},
};
constexpr int64_t kLongestSession = 60'000;
constexpr int64_t kLongestHeartbeat = 15'000;
// Each change writes them all.
constexpr size_t kMostGroups = 10'000;
constexpr size_t kLongestGroup = 1'000;

Json json_of(const Settings& settings) {
  Json json = Json::object();
  for (const auto& [name, value] : settings) {
    json.set(name, value);
  }
  return json;
}

Settings settings_of(const Json& json) {
  Settings settings;
  for (const auto& [name, value] : json.as_members()) {
    settings[name] = value.as_string();
  }
  return settings;
}

Json json_of(const ChangedSettings::Layers& layers) {
  Json groups = Json::object();
  for (const auto& [group, settings] : layers.groups) {
    groups.set(group, json_of(settings));
  }
  return Json::object({{"format", 1},
                       {"this_broker", json_of(layers.this_broker)},
                       {"all_brokers", json_of(layers.all_brokers)},
                       {"groups", groups}});
}

ChangedSettings::Layers layers_of(const Json& json) {
  ChangedSettings::Layers layers{
      settings_of(json.at("this_broker")), settings_of(json.at("all_brokers")), {}};
  // Versions before groups had settings wrote none.
  if (const Json* groups = json.find("groups")) {
    for (const auto& [group, settings] : groups->as_members()) {
      layers.groups[group] = settings_of(settings);
    }
  }
  return layers;
}

int64_t number_in(std::string_view text) {
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// As Kafka refuses them: https://kafka.apache.org/documentation/#brokerconfigs names for each
// setting whether it can be changed so.
SettingsFault fault_in(const Settings& settings) {
  using kafka::ErrorCode;
  for (const auto& [name, value] : settings) {
    const Setting* setting = find_changeable(name);
    if (setting == nullptr) {
      return {ErrorCode::invalid_request,
              "Cannot update these configs dynamically: Set(" + name +
                  "): DescribeConfigs of the broker lists what can be changed, 'millrace "
                  "settings' what stands in millrace.toml"};
    }
    if (std::string fault = fault_in_setting(*setting, value); !fault.empty()) {
      return {ErrorCode::invalid_request, std::move(fault)};
    }
  }
  return {};
}

// Within what Kafka's brokers allow by themselves.
SettingsFault fault_in_group(const Settings& settings) {
  using kafka::ErrorCode;
  for (const auto& [name, value] : settings) {
    const Setting* setting = find_setting_of_group(name);
    if (setting == nullptr) {
      return {ErrorCode::invalid_config, "Unknown group config name: " + name};
    }
    const int64_t most = name == kGroupSession ? kLongestSession : kLongestHeartbeat;
    if (std::string fault = fault_in_setting(*setting, value); !fault.empty()) {
      return {ErrorCode::invalid_config, std::move(fault)};
    }
    if (number_in(value) > most) {
      return {ErrorCode::invalid_config, name + " is at most " + std::to_string(most)};
    }
  }
  return {};
}

// By the names that topics have for them.
Settings defaults_of_topics(const ChangedSettings::Layers& layers) {
  Settings defaults;
  for (const Settings* layer : {&layers.this_broker, &layers.all_brokers}) {
    for (const auto& [name, value] : *layer) {
      if (const Setting* setting = topic::find_setting_of_broker(name)) {
        defaults.emplace(setting->name, value);
      }
    }
  }
  return defaults;
}

Duration rest_of_cleaner(const ChangedSettings::Layers& layers) {
  std::string_view text = find_changeable(kRestOfCleaner)->otherwise;
  for (const Settings* layer : {&layers.all_brokers, &layers.this_broker}) {
    if (const auto found = layer->find(std::string(kRestOfCleaner)); found != layer->end()) {
      text = found->second;
    }
  }
  constexpr int64_t kDay = 86'400'000;  // a duration has room for it
  return Duration::milliseconds(std::min(number_in(text), kDay));
}

}  // namespace

std::span<const Setting> settings_of_groups() { return kOfGroups; }

const Setting* find_setting_of_group(std::string_view name) {
  const auto* found = std::find_if(std::begin(kOfGroups), std::end(kOfGroups),
                                   [name](const Setting& each) { return each.name == name; });
  return found == std::end(kOfGroups) ? nullptr : found;
}

const Setting* find_changeable(std::string_view name) {
  const auto* found = std::find_if(std::begin(kOfBrokerAlone), std::end(kOfBrokerAlone),
                                   [name](const Setting& each) { return each.name == name; });
  return found != std::end(kOfBrokerAlone) ? found : topic::find_setting_of_broker(name);
}

std::span<const Setting> changeable_of_broker_alone() { return kOfBrokerAlone; }

ChangedSettings::ChangedSettings(io::World world, const std::string& directory, topic::Store* store)
    : world_(world), store_(store), path_(io::join(directory, "settings.json")) {
  Layers layers;
  if (world_.files->exists(path_)) {
    const Json json = Json::parse(world_.files->read_all(path_));
    if (json.at("format").as_int() != 1) {
      throw Error(ErrorCode::corrupt, "'" + path_ + "' is not of format 1");
    }
    layers = layers_of(json);
  }
  take(std::move(layers));
}

std::shared_ptr<const ChangedSettings::Layers> ChangedSettings::layers() const {
  const std::lock_guard lock(mutex_);
  return layers_;
}

void ChangedSettings::take(Layers layers) {
  const std::string always(kSetForAllBrokers);
  layers.all_brokers.emplace(always, topic::find_setting_of_broker(always)->otherwise);
  store_->set_defaults(defaults_of_topics(layers));
  store_->set_rest_of_cleaner(rest_of_cleaner(layers));
  const std::lock_guard lock(mutex_);
  layers_ = std::make_shared<const Layers>(std::move(layers));
}

SettingsFault ChangedSettings::change(Scope scope, const Change& change, Then then) {
  return change_layer(
      [scope](Layers& layers) -> Settings& {
        return scope == Scope::this_broker ? layers.this_broker : layers.all_brokers;
      },
      change, fault_in, then);
}

SettingsFault ChangedSettings::change_group(const std::string& group, const Change& change,
                                            Then then) {
  if (!is_utf8(group) || group.size() > kLongestGroup) {
    return {kafka::ErrorCode::invalid_request, "a group that has settings is named by UTF-8 of " +
                                                   std::to_string(kLongestGroup) +
                                                   " bytes at most"};
  }
  return change_layer([&group](Layers& layers) -> Settings& { return layers.groups[group]; },
                      change, fault_in_group, then);
}

SettingsFault ChangedSettings::change_layer(const Choose& choose, const Change& change, Check check,
                                            Then then) {
  const std::lock_guard changing(changing_);
  Layers next = *layers();
  Settings& settings = choose(next);
  SettingsFault fault = change(settings);
  if (fault.code == kafka::ErrorCode::none) {
    fault = check(settings);
  }
  if (fault.code != kafka::ErrorCode::none) {
    return fault;
  }
  std::erase_if(next.groups, [](const auto& each) { return each.second.empty(); });
  if (next.groups.size() > kMostGroups) {
    return {kafka::ErrorCode::invalid_request,
            "more than " + std::to_string(kMostGroups) + " groups cannot have settings"};
  }
  if (then == Then::forget) {
    return {};
  }
  world_.files->replace(path_, json_of(next).dump_pretty());
  take(std::move(next));
  return {};
}

Duration ChangedSettings::of_group(const std::string& group, std::string_view name,
                                   Duration otherwise) const {
  const auto layers = this->layers();
  const auto found = layers->groups.find(group);
  if (found == layers->groups.end()) {
    return otherwise;
  }
  const auto set = found->second.find(std::string(name));
  return set == found->second.end() ? otherwise : Duration::milliseconds(number_in(set->second));
}

}  // namespace millrace::broker
