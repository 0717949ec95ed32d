#include "broker/topic_settings.h"

#include <charconv>

namespace millrace::broker {

namespace {

using Type = TopicSetting::Type;

constexpr TopicSetting kSettings[] = {
    {"cleanup.policy", "delete", Type::list, "delete or compact what is old"},
    {"compression.type", "producer", Type::string, "kept as producers send it"},
    {"delete.retention.ms", "86400000", Type::long_integer, "how long deletions stay readable"},
    {"file.delete.delay.ms", "60000", Type::long_integer, "accepted without effect"},
    {"flush.messages", "9223372036854775807", Type::long_integer, "accepted without effect"},
    {"flush.ms", "9223372036854775807", Type::long_integer, "accepted without effect"},
    {"index.interval.bytes", "65536", Type::integer, "accepted without effect"},
    {"max.compaction.lag.ms", "9223372036854775807", Type::long_integer, "accepted without effect"},
    {"max.message.bytes", "1048588", Type::integer, "the largest batch that is taken"},
    {"message.timestamp.after.max.ms", "9223372036854775807", Type::long_integer,
     "accepted without effect"},
    {"message.timestamp.before.max.ms", "9223372036854775807", Type::long_integer,
     "accepted without effect"},
    {"message.timestamp.type", "CreateTime", Type::string, "whose clock a record's time is of"},
    {"min.cleanable.dirty.ratio", "0.5", Type::real, "accepted without effect"},
    {"min.compaction.lag.ms", "0", Type::long_integer, "accepted without effect"},
    {"min.insync.replicas", "1", Type::integer, "accepted without effect: there is one replica"},
    {"preallocate", "false", Type::boolean, "accepted without effect"},
    {"retention.bytes", "-1", Type::long_integer, "how much of a partition is kept"},
    {"retention.ms", "604800000", Type::long_integer, "how long records are kept"},
    {"segment.bytes", "268435456", Type::integer, "size of a log file"},
    {"segment.index.bytes", "10485760", Type::integer, "accepted without effect"},
    {"segment.jitter.ms", "0", Type::long_integer, "accepted without effect"},
    {"segment.ms", "604800000", Type::long_integer, "accepted without effect"},
    {"unclean.leader.election.enable", "false", Type::boolean, "accepted without effect"},
};

template <typename Number>
bool is_number(std::string_view text) {
  Number value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failure == std::errc() && end == text.data() + text.size();
}

bool fits(Type type, std::string_view value) {
  switch (type) {
    case Type::boolean: return value == "true" || value == "false";
    case Type::integer: return is_number<int32_t>(value);
    case Type::long_integer: return is_number<int64_t>(value);
    case Type::real: return is_number<double>(value);
    case Type::string:
    case Type::list: return true;
  }
  return false;
}

}  // namespace

std::span<const TopicSetting> all_topic_settings() { return kSettings; }

std::string fault_in_setting(std::string_view name, std::string_view value) {
  for (const TopicSetting& setting : kSettings) {
    if (setting.name == name) {
      return fits(setting.type, value) ? ""
                                       : "Invalid value " + std::string(value) +
                                             " for configuration " + std::string(name);
    }
  }
  return "Unknown topic config name: " + std::string(name);
}

}  // namespace millrace::broker
