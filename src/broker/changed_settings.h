#pragma once

// The broker's settings that are changed while it runs: settings.json, docs/formats/broker.md. They
// are the defaults that topics inherit, by the names that Kafka's brokers have for them, how long
// the log's cleaner rests, and some that are taken without effect, as their documentation says;
// everything else stands in millrace.toml. And those of consumer groups whose partitions the broker
// shares out: how often their members report, and after what silence they are taken for gone.
// https://kafka.apache.org/documentation/#dynamicbrokerconfigs
//
// For any thread.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "io/world.h"
#include "kafka/error_code.h"
#include "topic/settings.h"

namespace millrace::topic {
class Store;
}

namespace millrace::broker {

struct SettingsFault {
  kafka::ErrorCode code = kafka::ErrorCode::none;
  std::string message;
};

// A setting that Kafka's controller gives all brokers of a new cluster for itself (KIP-966): tools
// expect to find it among those that are set, and it is never without a value.
constexpr std::string_view kSetForAllBrokers = "min.insync.replicas";

// How a setting of the broker that can be changed is written; nullptr for any other.
const topic::Setting* find_changeable(std::string_view name);
// Those that no topic inherits.
std::span<const topic::Setting> changeable_of_broker_alone();

// Those of a consumer group; where it has none, the broker's of the same name behind "group."
// count.
constexpr std::string_view kGroupSession = "consumer.session.timeout.ms";
constexpr std::string_view kGroupHeartbeat = "consumer.heartbeat.interval.ms";
std::span<const topic::Setting> settings_of_groups();
const topic::Setting* find_setting_of_group(std::string_view name);

class ChangedSettings {
 public:
  enum class Scope : uint8_t { this_broker, all_brokers };
  // What is set for this broker counts before what is set for all.
  struct Layers {
    topic::Settings this_broker;
    topic::Settings all_brokers;
    std::map<std::string, topic::Settings> groups;  // those that have some
  };
  using Change = std::function<SettingsFault(topic::Settings& settings)>;
  enum class Then : uint8_t { keep, forget };

  // Reads the file in `directory` where there is one, and has the store, which outlives it, take
  // what stands there. Throws Error(corrupt) where it cannot be read as one.
  ChangedSettings(io::World world, const std::string& directory, topic::Store* store);

  std::shared_ptr<const Layers> layers() const;
  // Hands those of the scope to `change`, and keeps what it made of them where all of it is right;
  // only looks where it is to be forgotten. Durable when it returns. Throws what the disk throws.
  SettingsFault change(Scope scope, const Change& change, Then then);
  // The same with those of a group.
  SettingsFault change_group(const std::string& group, const Change& change, Then then);
  // What stands for this group, or `otherwise`.
  Duration of_group(const std::string& group, std::string_view name, Duration otherwise) const;

 private:
  using Check = SettingsFault (*)(const topic::Settings& settings);
  using Choose = std::function<topic::Settings&(Layers& layers)>;
  SettingsFault change_layer(const Choose& choose, const Change& change, Check check, Then then);
  void take(Layers layers);

  const io::World world_;
  topic::Store* const store_;
  const std::string path_;
  std::mutex changing_;       // held while the disk is written
  mutable std::mutex mutex_;  // guards layers_
  std::shared_ptr<const Layers> layers_;
};

}  // namespace millrace::broker
