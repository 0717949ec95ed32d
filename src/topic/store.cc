#include "topic/store.h"

#include <algorithm>

#include "base/check.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "base/random.h"
#include "io/files.h"

namespace millrace::topic {

using io::join;

namespace {

constexpr std::string_view kDescription = "topic.json";
constexpr std::string_view kDeleted = "~deleted-";
constexpr std::string_view kAside = "~aside-";
constexpr int32_t kMostPartitions = 10'000;
// Files of closed segments, of all topics: for as many readers that are behind, each at a place of
// its own.
constexpr size_t kMostClosedOpen = 512;
// The cleaner deletes what is too old as well: while it rests, the disk fills up. Kafka looks for
// that every five minutes, whatever its cleaner does (log.retention.check.interval.ms).
constexpr Duration kShortestRest = Duration::milliseconds(50);
constexpr Duration kLongestRest = Duration::seconds(300);

bool has_records(io::Files& files, const std::string& directory) {
  for (const std::string& partition : files.list(directory)) {
    for (const std::string& name : files.list(join(directory, partition))) {
      const std::string path = join(join(directory, partition), name);
      if (name.ends_with(".log") && files.open(path, io::OpenMode::read)->size() > 0) {
        return true;
      }
    }
  }
  return false;
}

// A topic counts from its description on, which is written last: without one it was never made. But
// records say that it was, and somebody took the description away.
void remove_undescribed(const io::World& world, const std::string& topics,
                        const std::string& name) {
  const std::string directory = join(topics, name);
  if (!has_records(*world.files, directory)) {
    world.log->warning("topic", "topic whose making was cut off is removed", {{"topic", name}});
    world.files->remove_tree(directory);
    return;
  }
  std::string aside = join(topics, std::string(kAside) + name);
  for (int i = 2; world.files->exists(aside); ++i) {
    aside = join(topics, std::string(kAside) + std::to_string(i) + "-" + name);
  }
  world.log->error("topic", "topic without its description is put aside",
                   {{"topic", name}, {"to", aside}});
  world.files->rename(directory, aside);
  world.files->sync_directory(topics);
}

std::string in_metrics(std::string_view name) {
  std::string changed(name);
  std::replace(changed.begin(), changed.end(), '.', '_');
  return changed;
}

}  // namespace

std::string_view fault_in_topic_name(std::string_view name) {
  if (name.empty() || name.size() > 249) {
    return "does not have 1 to 249 bytes";
  }
  if (name == "." || name == "..") {
    return "is '.' or '..'";
  }
  for (const char c : name) {
    const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    if (!allowed) {
      return "contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
    }
  }
  return "";
}

std::shared_ptr<Partition> Topic::find(PartitionIndex index) const {
  if (index.value < 0 || static_cast<size_t>(index.value) >= partitions.size()) {
    return nullptr;
  }
  return partitions[static_cast<size_t>(index.value)];
}

Store::Store(io::World world, std::string directory)
    : world_(world),
      directory_(std::move(directory)),
      closed_files_(std::make_shared<OpenFiles>(world.files, kMostClosedOpen)),
      random_(world.random->next()) {
  const Instant began = world_.clock->monotonic();
  world_.files->make_directories(directory_);
  world_.files->sync_directory(io::parent_of(directory_));
  for (const std::string& name : world_.files->list(directory_)) {
    const std::string directory = join(directory_, name);
    if (name.starts_with(kDeleted)) {
      world_.files->remove_tree(directory);
    } else if (name.starts_with(kAside)) {
      continue;
    } else if (!world_.files->exists(join(directory, kDescription))) {
      remove_undescribed(world_, directory_, name);
    } else {
      publish(open_topic(name));
    }
  }
  world_.log->info("topic", "log opened",
                   {{"topics", static_cast<int64_t>(topics_.size())},
                    {"ms", (world_.clock->monotonic() - began).ms()}});
}

Store::~Store() = default;

std::string Store::directory_of(std::string_view name) const { return join(directory_, name); }

std::shared_ptr<const Topic> Store::open_topic(const std::string& name) {
  for (const std::string& file : world_.files->list(directory_of(name))) {
    if (file.starts_with(std::string(kDescription) + ".tmp")) {
      world_.files->remove(join(directory_of(name), file));  // of a kill in Files::replace()
    }
  }
  const std::string path = join(directory_of(name), kDescription);
  const Json description = Json::parse(world_.files->read_all(path));
  const auto id = kafka::Uuid::from_hex(description.at("id").as_string());
  if (description.at("format").as_int() != 1 || !id) {
    throw Error(ErrorCode::corrupt, "'" + path + "' is not a description of a topic, format 1");
  }
  auto topic = std::make_shared<Topic>();
  topic->name = name;
  topic->id = *id;
  for (const auto& [key, value] : description.at("settings").as_members()) {
    topic->settings[key] = value.as_string();
  }
  const int64_t partitions = description.at("partitions").as_int();
  for (int32_t i = 0; i < partitions; ++i) {
    topic->partitions.push_back(open_partition(*topic, i));
  }
  return topic;
}

std::shared_ptr<Partition> Store::open_partition(const Topic& topic, int32_t index) {
  const std::string number = std::to_string(index);
  const std::string name = topic.name + "-" + number;
  try {
    return std::make_shared<Partition>(world_, closed_files_,
                                       join(directory_of(topic.name), number), name,
                                       options_of(in_force(topic.settings)));
  } catch (const Error& error) {
    // One damaged log must not keep all others from being served.
    if (error.code() != ErrorCode::corrupt) {
      throw;
    }
    world_.log->error("topic", "partition is damaged and not served",
                      {{"partition", name}, {"error", error.message()}});
    return nullptr;
  }
}

void Store::write_description(const Topic& topic) {
  Json settings = Json::object();
  for (const auto& [key, value] : topic.settings) {
    settings.set(key, value);
  }
  const Json description =
      Json::object({{"format", 1},
                    {"id", topic.id.to_hex()},
                    {"partitions", static_cast<int64_t>(topic.partitions.size())},
                    {"settings", settings}});
  world_.files->replace(join(directory_of(topic.name), kDescription), description.dump_pretty());
}

std::shared_ptr<const Topic> Store::find(std::string_view name) const {
  const std::shared_lock lock(mutex_);
  const auto found = topics_.find(name);
  return found == topics_.end() ? nullptr : found->second;
}

std::shared_ptr<const Topic> Store::find(const kafka::Uuid& id) const {
  const std::shared_lock lock(mutex_);
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

std::string Store::same_in_metrics(std::string_view name) const {
  const std::string changed = in_metrics(name);
  const std::shared_lock lock(mutex_);
  const auto found = by_metric_.lower_bound({changed, ""});
  return found == by_metric_.end() || found->first != changed ? "" : found->second;
}

std::vector<std::shared_ptr<const Topic>> Store::list() const {
  const std::shared_lock lock(mutex_);
  std::vector<std::shared_ptr<const Topic>> all;
  for (const auto& [name, topic] : topics_) {
    all.push_back(topic);
  }
  return all;
}

// The listeners are called when no lock is held any more.
template <typename T>
static Result<T> told(Result<T> outcome, Listeners& listeners) {
  if (outcome.ok()) {
    listeners.call();
  }
  return outcome;
}

Result<std::shared_ptr<const Topic>> Store::create(const std::string& name, int32_t partitions,
                                                   Settings settings) {
  return told(create_quietly(name, partitions, std::move(settings)), listeners_);
}

Result<std::shared_ptr<const Topic>> Store::add_partitions(const std::string& name, int32_t total) {
  return told(add_partitions_quietly(name, total), listeners_);
}

Result<std::shared_ptr<const Topic>> Store::configure(const std::string& name,
                                                      const ChangeSettings& change) {
  return told(configure_quietly(name, change), listeners_);
}

Result<kafka::Uuid> Store::remove(const std::string& name) {
  return told(remove_quietly(name), listeners_);
}

Store::Made Store::create_quietly(const std::string& name, int32_t partitions, Settings settings) {
  if (const std::string_view fault = fault_in_topic_name(name); !fault.empty()) {
    return Error(ErrorCode::invalid_argument,
                 "cannot create topic '" + name + "': its name " + std::string(fault));
  }
  if (partitions < 1 || partitions > kMostPartitions) {
    return Error(ErrorCode::invalid_argument,
                 "cannot create topic '" + name + "' with " + std::to_string(partitions) +
                     " partitions: 1 to " + std::to_string(kMostPartitions) + " are possible");
  }
  const std::lock_guard change(change_mutex_);
  if (find(name) != nullptr) {
    return Error(ErrorCode::already_exists, "topic '" + name + "' exists already");
  }
  auto topic = std::make_shared<Topic>();
  topic->name = name;
  topic->id = kafka::Uuid::make(random_);
  topic->settings = std::move(settings);
  try {
    // What a creation before left when the disk refused it.
    world_.files->remove_tree(directory_of(name));
    fill_partitions(*topic, partitions);
  } catch (const Error& error) {
    // The caller tells whoever asked for it; everything else goes on.
    return error;
  }
  publish(topic);
  world_.log->info("topic", "topic created", {{"topic", name}, {"partitions", partitions}});
  return std::shared_ptr<const Topic>(topic);
}

// Makes the partitions that are missing, then the description, which makes them count. Their names
// need not be on disk before it: an empty partition is made again where they are lost.
void Store::fill_partitions(Topic& topic, int32_t total) {
  const std::string directory = directory_of(topic.name);
  world_.files->make_directories(directory);
  while (topic.partitions.size() < static_cast<size_t>(total)) {
    topic.partitions.push_back(
        open_partition(topic, static_cast<int32_t>(topic.partitions.size())));
  }
  write_description(topic);
}

void Store::make_durable(const Topic& topic) const {
  world_.files->sync_directory(directory_of(topic.name));
}

void Store::publish(std::shared_ptr<const Topic> topic) {
  const std::unique_lock lock(mutex_);
  by_id_[topic->id] = topic;
  by_metric_.emplace(in_metrics(topic->name), topic->name);
  topics_[topic->name] = std::move(topic);
}

void Store::prepare_to_stop() const {
  for (const auto& topic : list()) {
    for (const auto& partition : topic->partitions) {
      try {
        if (partition != nullptr) {
          partition->prepare_to_stop();
        }
      } catch (const Error& error) {
        // Nobody waits for it: the next start reads more.
        world_.log->warning("topic", "partition not prepared for the next start",
                            {{"partition", partition->name()}, {"error", error.message()}});
      }
    }
  }
}

Result<std::shared_ptr<const Topic>> Store::find_or_create(const std::string& name,
                                                           int32_t partitions, Settings settings) {
  if (auto topic = find(name)) {
    return topic;
  }
  auto created = create(name, partitions, std::move(settings));
  if (!created.ok() && created.error().code() == ErrorCode::already_exists) {
    return find(name);
  }
  return created;
}

Store::Made Store::add_partitions_quietly(const std::string& name, int32_t total) {
  const std::lock_guard change(change_mutex_);
  const auto before = find(name);
  if (before == nullptr) {
    return Error(ErrorCode::not_found, "there is no topic '" + name + "'");
  }
  if (static_cast<size_t>(total) <= before->partitions.size() || total > kMostPartitions) {
    return Error(ErrorCode::invalid_argument, "cannot bring topic '" + name + "' from " +
                                                  std::to_string(before->partitions.size()) +
                                                  " to " + std::to_string(total) + " partitions");
  }
  auto topic = std::make_shared<Topic>(*before);
  try {
    fill_partitions(*topic, total);
  } catch (const Error& error) {
    // As in create().
    return error;
  }
  publish(topic);
  world_.log->info("topic", "partitions added", {{"topic", name}, {"partitions", total}});
  return std::shared_ptr<const Topic>(topic);
}

Store::Made Store::configure_quietly(const std::string& name, const ChangeSettings& change) {
  const std::lock_guard lock(change_mutex_);
  const auto before = find(name);
  if (before == nullptr) {
    return Error(ErrorCode::not_found, "there is no topic '" + name + "'");
  }
  auto settings = change(before->settings);
  if (!settings.ok()) {
    return settings.error();
  }
  auto topic = std::make_shared<Topic>(*before);
  topic->settings = std::move(*settings);
  try {
    write_description(*topic);
  } catch (const Error& error) {
    // As in create().
    return error;
  }
  configure_partitions(*topic);
  publish(topic);
  world_.log->info("topic", "topic configured", {{"topic", name}});
  return std::shared_ptr<const Topic>(topic);
}

Settings Store::in_force(const Settings& of_topic) const {
  Settings all = of_topic;
  const std::shared_lock lock(mutex_);
  all.insert(defaults_.begin(), defaults_.end());
  return all;
}

void Store::configure_partitions(const Topic& topic) const {
  const PartitionOptions options = options_of(in_force(topic.settings));
  for (const auto& partition : topic.partitions) {
    if (partition != nullptr) {
      partition->configure(options);
    }
  }
}

void Store::set_defaults(Settings defaults) {
  const std::lock_guard change(change_mutex_);
  {
    const std::unique_lock lock(mutex_);
    if (defaults_ == defaults) {
      return;
    }
    defaults_ = std::move(defaults);
  }
  for (const auto& topic : list()) {
    configure_partitions(*topic);
  }
}

void Store::set_rest_of_cleaner(Duration rest) {
  rest_of_cleaner_ = std::clamp(rest, kShortestRest, kLongestRest).ms();
  rest_listeners_.call();
}

Result<kafka::Uuid> Store::remove_quietly(const std::string& name) {
  const std::lock_guard change(change_mutex_);
  const auto topic = find(name);
  if (topic == nullptr) {
    return Error(ErrorCode::not_found, "there is no topic '" + name + "'");
  }
  const std::string grave = join(directory_, std::string(kDeleted) + topic->id.to_hex());
  try {
    world_.files->rename(directory_of(name), grave);
    world_.files->sync_directory(directory_);
  } catch (const Error& error) {
    // As in create().
    return error;
  }
  for (const auto& partition : topic->partitions) {
    if (partition != nullptr) {
      partition->lose_names();
    }
  }
  {
    const std::unique_lock lock(mutex_);
    topics_.erase(name);
    by_id_.erase(topic->id);
    by_metric_.erase({in_metrics(name), name});
  }
  world_.log->info("topic", "topic deleted", {{"topic", name}});
  try {
    world_.files->remove_tree(grave);
  } catch (const Error& error) {
    // It is deleted all the same; the next start tries again.
    world_.log->warning("topic", "files of a deleted topic stay", {{"error", error.message()}});
  }
  return topic->id;
}

}  // namespace millrace::topic
