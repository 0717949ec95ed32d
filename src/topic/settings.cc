#include "topic/settings.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace millrace::topic {

namespace {

using Type = Setting::Type;

constexpr double kAny = std::numeric_limits<double>::lowest();
constexpr std::string_view kNever = "9223372036854775807";
constexpr std::string_view kNoEffect = "accepted without effect";
constexpr std::string_view kOneReplica = "accepted without effect: there is one replica";
constexpr std::string_view kNoTiers = "accepted without effect: nothing is stored elsewhere";

std::string_view objection_to_tiers(std::string_view value) {
  return value == "true" ? "Tiered Storage functionality is disabled in the broker. Topic cannot "
                           "be configured with remote log storage."
                         : "";
}

// "*", or "0:1,2:1": partitions and brokers.
std::string_view objection_to_replicas(std::string_view value) {
  const auto is_number = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (value.empty() || value == "*") {
    return "";
  }
  for (size_t at = 0; at <= value.size();) {
    const size_t end = std::min(value.size(), value.find(',', at));
    const std::string_view item = value.substr(at, end - at);
    const size_t colon = item.find(':');
    if (colon == std::string_view::npos || !is_number(item.substr(0, colon)) ||
        !is_number(item.substr(colon + 1))) {
      return "It is * or a list like 0:1,1:1 of partitions and brokers.";
    }
    at = end + 1;
  }
  return "";
}

constexpr Setting kSettings[] = {
    {"cleanup.policy", "delete", Type::list, kAny, "compact,delete", "log.cleanup.policy",
     "delete what is old, or keep the latest record of each key, or both"},
    {"compression.gzip.level", "-1", Type::integer, kAny, "", "compression.gzip.level", kNoEffect},
    {"compression.lz4.level", "9", Type::integer, kAny, "", "compression.lz4.level", kNoEffect},
    {"compression.type", "producer", Type::string, kAny,
     "uncompressed,zstd,lz4,snappy,gzip,producer", "compression.type",
     "accepted without effect: batches are kept as producers compress them"},
    {"compression.zstd.level", "3", Type::integer, kAny, "", "compression.zstd.level", kNoEffect},
    {"delete.retention.ms", "86400000", Type::long_integer, 0, "",
     "log.cleaner.delete.retention.ms", "how long deletions of a compacted topic stay readable"},
    {"file.delete.delay.ms", "60000", Type::long_integer, 0, "", "log.segment.delete.delay.ms",
     kNoEffect},
    {"flush.messages", kNever, Type::long_integer, 1, "", "log.flush.interval.messages", kNoEffect},
    {"flush.ms", kNever, Type::long_integer, 0, "", "log.flush.interval.ms", kNoEffect},
    {"follower.replication.throttled.replicas", "", Type::list, kAny, "", "", kOneReplica,
     objection_to_replicas},
    {"index.interval.bytes", "65536", Type::integer, 0, "", "log.index.interval.bytes", kNoEffect},
    {"leader.replication.throttled.replicas", "", Type::list, kAny, "", "", kOneReplica,
     objection_to_replicas},
    {"local.retention.bytes", "-2", Type::long_integer, -2, "", "log.local.retention.bytes",
     kNoTiers},
    {"local.retention.ms", "-2", Type::long_integer, -2, "", "log.local.retention.ms", kNoTiers},
    {"max.compaction.lag.ms", kNever, Type::long_integer, 1, "",
     "log.cleaner.max.compaction.lag.ms",
     "a record superseded for longer is compacted, however few there are"},
    {"max.message.bytes", "1048588", Type::integer, 0, "", "message.max.bytes",
     "the largest batch that is taken"},
    {"message.timestamp.after.max.ms", "3600000", Type::long_integer, 0, "",
     "log.message.timestamp.after.max.ms", "how far a record's time may lie ahead"},
    {"message.timestamp.before.max.ms", kNever, Type::long_integer, 0, "",
     "log.message.timestamp.before.max.ms", "how far a record's time may lie back"},
    {"message.timestamp.type", "CreateTime", Type::string, kAny, "CreateTime,LogAppendTime",
     "log.message.timestamp.type", "whose clock a record's time is of"},
    {"min.cleanable.dirty.ratio", "0.5", Type::real, 0, "", "log.cleaner.min.cleanable.ratio",
     "the part of a log not yet compacted that makes it worth compacting"},
    {"min.compaction.lag.ms", "0", Type::long_integer, 0, "", "log.cleaner.min.compaction.lag.ms",
     "younger records are not compacted"},
    {"min.insync.replicas", "1", Type::integer, 1, "", "min.insync.replicas", kOneReplica},
    {"preallocate", "false", Type::boolean, kAny, "", "log.preallocate", kNoEffect},
    {"remote.log.copy.disable", "false", Type::boolean, kAny, "", "", kNoTiers},
    {"remote.log.delete.on.disable", "false", Type::boolean, kAny, "", "", kNoTiers},
    {"remote.storage.enable", "false", Type::boolean, kAny, "", "",
     "false alone: nothing is stored elsewhere", objection_to_tiers},
    {"retention.bytes", "-1", Type::long_integer, kAny, "", "log.retention.bytes",
     "how much of a partition is kept; -1 for all"},
    {"retention.ms", "604800000", Type::long_integer, -1, "", "log.retention.ms",
     "how long records are kept; -1 for ever"},
    {"segment.bytes", "268435456", Type::integer, 1 << 20, "", "log.segment.bytes",
     "size of a log file"},
    {"segment.index.bytes", "10485760", Type::integer, 4, "", "log.index.size.max.bytes",
     kNoEffect},
    {"segment.jitter.ms", "0", Type::long_integer, 0, "", "log.roll.jitter.ms", kNoEffect},
    {"segment.ms", "604800000", Type::long_integer, 1, "", "log.roll.ms",
     "the age at which a log file is closed"},
    {"unclean.leader.election.enable", "false", Type::boolean, kAny, "",
     "unclean.leader.election.enable", kNoEffect},
};

template <typename Number>
bool parse(std::string_view text, Number& value) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size();
}

// The first of "a,b,c", which loses it.
std::string_view take_item(std::string_view& list) {
  const std::string_view item = list.substr(0, list.find(','));
  list.remove_prefix(std::min(list.size(), item.size() + 1));
  return item;
}

bool has_item(std::string_view list, std::string_view item) {
  while (!list.empty()) {
    if (take_item(list) == item) {
      return true;
    }
  }
  return false;
}

bool is_list_of(std::string_view value, std::string_view choices) {
  while (!value.empty()) {
    if (!has_item(choices, take_item(value))) {
      return false;
    }
  }
  return true;
}

template <typename Number>
std::string objection_to_number(const Setting& setting, std::string_view value,
                                std::string_view type) {
  Number number = 0;
  if (!parse(value, number)) {
    return "Not a number of type " + std::string(type);
  }
  if (static_cast<double>(number) < setting.least) {
    return "Value must be at least " + std::to_string(static_cast<int64_t>(setting.least));
  }
  return setting.type == Type::real && number > 1 ? "Value must be no more than 1" : "";
}

std::string objection_to_choice(const Setting& setting, bool is_good) {
  if (setting.choices.empty() || is_good) {
    return "";
  }
  std::string choices;
  for (std::string_view rest = setting.choices; !rest.empty();) {
    choices += (choices.empty() ? "" : ", ") + std::string(take_item(rest));
  }
  return "String must be one of: " + choices;
}

// Why it is not of the type, or not among what is possible; empty where it is.
std::string objection_to(const Setting& setting, std::string_view value) {
  switch (setting.type) {
    case Type::boolean:
      return value == "true" || value == "false" ? "" : "Expected value to be either true or false";
    case Type::integer: return objection_to_number<int32_t>(setting, value, "INT");
    case Type::long_integer: return objection_to_number<int64_t>(setting, value, "LONG");
    case Type::real: return objection_to_number<double>(setting, value, "DOUBLE");
    case Type::string: return objection_to_choice(setting, has_item(setting.choices, value));
    case Type::list: return objection_to_choice(setting, is_list_of(value, setting.choices));
  }
  return "";
}

std::string_view value_of(const Settings& settings, std::string_view name) {
  const auto found = settings.find(std::string(name));
  return found == settings.end() ? find_setting(name)->otherwise : std::string_view(found->second);
}

int64_t number_of(const Settings& settings, std::string_view name) {
  int64_t value = 0;
  return parse(value_of(settings, name), value) ? value : 0;
}

// A number of milliseconds may be too large for a duration: then it is "never".
Duration duration_of(const Settings& settings, std::string_view name) {
  constexpr int64_t kMost = INT64_MAX / 2'000'000;
  return Duration::milliseconds(std::min(number_of(settings, name), kMost));
}

}  // namespace

std::span<const Setting> all_settings() { return kSettings; }

const Setting* find_setting(std::string_view name) {
  const auto* found = std::find_if(std::begin(kSettings), std::end(kSettings),
                                   [name](const Setting& setting) { return setting.name == name; });
  return found == std::end(kSettings) ? nullptr : found;
}

const Setting* find_setting_of_broker(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kSettings), std::end(kSettings), [name](const Setting& setting) {
        return !setting.of_broker.empty() && setting.of_broker == name;
      });
  return found == std::end(kSettings) ? nullptr : found;
}

std::string fault_in_setting(std::string_view name, std::string_view value) {
  const Setting* setting = find_setting(name);
  return setting == nullptr ? "Unknown topic config name: " + std::string(name)
                            : fault_in_setting(*setting, value);
}

std::string fault_in_setting(const Setting& setting, std::string_view value) {
  if (const std::string objection = objection_to(setting, value); !objection.empty()) {
    return "Invalid value " + std::string(value) + " for configuration " +
           std::string(setting.name) + ": " + objection;
  }
  return std::string(setting.objection == nullptr ? "" : setting.objection(value));
}

std::string fault_in_settings(const Settings& settings) {
  for (const auto& [name, value] : settings) {
    if (std::string fault = fault_in_setting(name, value); !fault.empty()) {
      return fault;
    }
  }
  const int64_t least = number_of(settings, "min.compaction.lag.ms");
  const int64_t most = number_of(settings, "max.compaction.lag.ms");
  return least <= most
             ? ""
             : "conflict topic config setting min.compaction.lag.ms (" + std::to_string(least) +
                   ") > max.compaction.lag.ms (" + std::to_string(most) + ")";
}

PartitionOptions options_of(const Settings& settings) {
  PartitionOptions options;
  options.segment_bytes = static_cast<uint64_t>(number_of(settings, "segment.bytes"));
  options.segment_age = duration_of(settings, "segment.ms");
  options.max_batch_bytes = static_cast<uint64_t>(number_of(settings, "max.message.bytes"));
  const std::string_view policy = value_of(settings, "cleanup.policy");
  options.deletes = has_item(policy, "delete");
  options.compacts = has_item(policy, "compact");
  options.retention = duration_of(settings, "retention.ms");
  options.retention_bytes = number_of(settings, "retention.bytes");
  options.tombstone_retention = duration_of(settings, "delete.retention.ms");
  parse(value_of(settings, "min.cleanable.dirty.ratio"), options.min_dirty_ratio);
  options.min_compaction_lag = duration_of(settings, "min.compaction.lag.ms");
  options.max_compaction_lag_ms = number_of(settings, "max.compaction.lag.ms");
  options.append_time = value_of(settings, "message.timestamp.type") == "LogAppendTime";
  options.max_before_ms = number_of(settings, "message.timestamp.before.max.ms");
  options.max_after_ms = number_of(settings, "message.timestamp.after.max.ms");
  return options;
}

}  // namespace millrace::topic
