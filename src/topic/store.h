#pragma once

// All topics of a data directory. Safe to share between threads.

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/random.h"
#include "base/result.h"
#include "io/world.h"
#include "kafka/uuid.h"
#include "topic/listeners.h"
#include "topic/partition.h"
#include "topic/settings.h"

namespace millrace::topic {

// A topic as it stands: never changed, but replaced in the store when partitions are added. Holding
// it keeps its partitions alive, even when it is deleted meanwhile.
struct Topic {
  std::string name;
  kafka::Uuid id;
  Settings settings;
  // nullptr where the partition's log is damaged: see the log, answer KAFKA_STORAGE_ERROR.
  std::vector<std::shared_ptr<Partition>> partitions;

  // nullptr too where there is no such partition.
  std::shared_ptr<Partition> find(PartitionIndex index) const;
};

class Store {
 public:
  // Opens what is there and recovers it. Throws what the disk throws; a damaged partition is
  // reported and left out.
  Store(io::World world, std::string directory);
  ~Store();

  const std::string& directory() const { return directory_; }
  // nullptr where there is none.
  std::shared_ptr<const Topic> find(std::string_view name) const;
  std::shared_ptr<const Topic> find(const kafka::Uuid& id) const;
  // A topic that Kafka's metrics do not tell from one of this name, for they have '_' for '.'.
  // Empty where there is none.
  std::string same_in_metrics(std::string_view name) const;
  std::vector<std::shared_ptr<const Topic>> list() const;  // by name

  // Durable when it returns. already_exists, invalid_argument (a name or setting that cannot be),
  // or what the disk said.
  Result<std::shared_ptr<const Topic>> create(const std::string& name, int32_t partitions,
                                              Settings settings = {});
  Result<std::shared_ptr<const Topic>> find_or_create(const std::string& name, int32_t partitions,
                                                      Settings settings = {});
  // The topic survives a crash of the machine, which it may not where a kill came into the midst of
  // its making. Who names it by its id, in something durable, calls this first.
  void make_durable(const Topic& topic) const;
  Result<std::shared_ptr<const Topic>> add_partitions(const std::string& name, int32_t total);
  // Gives it what `change` makes of the settings that it has, with no other change in between. An
  // Error that `change` returns is the outcome, and one that it throws passes: both leave them. It
  // is called under this object's lock, and so must be quick and call nothing here.
  using ChangeSettings = std::function<Result<Settings>(Settings settings)>;
  Result<std::shared_ptr<const Topic>> configure(const std::string& name,
                                                 const ChangeSettings& change);
  // What topics have that say nothing else, in place of what is built in. Kept by the caller, who
  // gives it again at the next start, before anything is cleaned.
  void set_defaults(Settings defaults);
  // All that counts for this topic: its own settings, and the defaults that were set.
  Settings in_force(const Settings& of_topic) const;
  // How long the cleaner rests between two rounds, held within what a machine and its disk can
  // stand: 50 ms to five minutes.
  void set_rest_of_cleaner(Duration rest);
  Duration rest_of_cleaner() const { return Duration::milliseconds(rest_of_cleaner_); }
  // Calls `changed` after that was set, on the thread that did it. It must be quick.
  [[nodiscard]] std::unique_ptr<Listeners::Subscription> on_rest_of_cleaner(
      std::function<void()> changed) {
    return rest_listeners_.add(std::move(changed));
  }
  // Gone for newcomers at once; whoever holds it finds its closed segments gone when it comes to
  // read them, with Error(not_found).
  Result<kafka::Uuid> remove(const std::string& name);

  // Before the server stops: makes the next start short. What the disk refuses is logged.
  void prepare_to_stop() const;

  // Calls `changed` after a topic was made, changed or removed, on the thread that did it, outside
  // of this object's locks. It must be quick.
  [[nodiscard]] std::unique_ptr<Listeners::Subscription> on_change(std::function<void()> changed) {
    return listeners_.add(std::move(changed));
  }

 private:
  using Made = Result<std::shared_ptr<const Topic>>;

  Made create_quietly(const std::string& name, int32_t partitions, Settings settings);
  Made add_partitions_quietly(const std::string& name, int32_t total);
  Made configure_quietly(const std::string& name, const ChangeSettings& change);
  Result<kafka::Uuid> remove_quietly(const std::string& name);
  std::shared_ptr<const Topic> open_topic(const std::string& name);
  std::shared_ptr<Partition> open_partition(const Topic& topic, int32_t index);
  void fill_partitions(Topic& topic, int32_t total);
  void publish(std::shared_ptr<const Topic> topic);
  void configure_partitions(const Topic& topic) const;
  void write_description(const Topic& topic);
  std::string directory_of(std::string_view name) const;

  const io::World world_;
  const std::string directory_;
  const std::shared_ptr<OpenFiles> closed_files_;
  mutable std::shared_mutex mutex_;  // topics and defaults_; never held over the disk
  std::mutex change_mutex_;          // one create, change or remove at a time; before mutex_
  Random random_;                    // under change_mutex_
  std::map<std::string, std::shared_ptr<const Topic>, std::less<>> topics_;
  std::map<kafka::Uuid, std::shared_ptr<const Topic>> by_id_;
  std::set<std::pair<std::string, std::string>> by_metric_;  // a name in metrics, and as it is
  Settings defaults_;
  std::atomic<int64_t> rest_of_cleaner_ = 10'000;
  Listeners listeners_;
  Listeners rest_listeners_;
};

// Why Kafka would refuse this name, as a verb that follows it; empty for a good one.
std::string_view fault_in_topic_name(std::string_view name);

}  // namespace millrace::topic
