#include "broker/changed_settings.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/error.h"
#include "base/json.h"
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
     "how long the cleaner of logs rests between two rounds"},
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

// As Kafka refuses them: https://kafka.apache.org/documentation/#brokerconfigs names for each
// setting whether it can be changed so.
SettingsFault fault_in(const Settings& settings) {
  using kafka::ErrorCode;
  for (const auto& [name, value] : settings) {
    const Setting* setting = find_changeable(name);
    if (setting == nullptr) {
      return {ErrorCode::invalid_request, "Cannot update these configs dynamically: Set(" + name +
                                              "): it stands in the broker's millrace.toml"};
    }
    if (std::string fault = fault_in_setting(*setting, value); !fault.empty()) {
      return {ErrorCode::invalid_request, std::move(fault)};
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
  int64_t ms = 0;
  std::from_chars(text.data(), text.data() + text.size(), ms);
  constexpr int64_t kDay = 86'400'000;
  return Duration::milliseconds(std::min(ms, kDay));
}

}  // namespace

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
    layers = {settings_of(json.at("this_broker")), settings_of(json.at("all_brokers"))};
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
  const std::lock_guard changing(changing_);
  Layers next = *layers();
  Settings& settings = scope == Scope::this_broker ? next.this_broker : next.all_brokers;
  SettingsFault fault = change(settings);
  if (fault.code == kafka::ErrorCode::none) {
    fault = fault_in(settings);
  }
  if (fault.code != kafka::ErrorCode::none || then == Then::forget) {
    return fault;
  }
  const Json json = Json::object({{"format", 1},
                                  {"this_broker", json_of(next.this_broker)},
                                  {"all_brokers", json_of(next.all_brokers)}});
  world_.files->replace(path_, json.dump_pretty());
  take(std::move(next));
  return {};
}

}  // namespace millrace::broker
