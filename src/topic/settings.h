#pragma once

// The settings of a topic that Kafka's users know: names, defaults, what may stand there, and what
// the log makes of them. https://kafka.apache.org/documentation/#topicconfigs

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"

namespace millrace::topic {

using Settings = std::map<std::string, std::string>;  // "retention.ms" → "86400000"

struct Setting {
  // As DescribeConfigs numbers them.
  enum class Type : int8_t {
    boolean = 1,
    string = 2,
    integer = 3,
    long_integer = 5,
    real = 6,
    list = 7
  };

  std::string_view name;
  std::string_view otherwise;  // the default
  Type type;
  double least;              // of a number
  std::string_view choices;  // of a text or a list, comma between them; empty for any
  // The broker's setting that gives the default, as Kafka names it; empty where none does.
  std::string_view of_broker;
  std::string_view documentation;
  // Why this value, of the right type, is refused all the same; empty where it is not.
  std::string_view (*objection)(std::string_view value) = nullptr;
};

std::span<const Setting> all_settings();
const Setting* find_setting(std::string_view name);  // nullptr where there is none
// The one whose default this setting of the broker is; nullptr where there is none.
const Setting* find_setting_of_broker(std::string_view name);

// Why Kafka would refuse it; empty for a good one.
std::string fault_in_setting(std::string_view name, std::string_view value);
std::string fault_in_setting(const Setting& setting, std::string_view value);
// The same of all that a topic is given, each by itself and beside the others.
std::string fault_in_settings(const Settings& settings);

// Settings as a partition uses them.
struct PartitionOptions {
  uint64_t segment_bytes = 256ULL << 20;
  Duration segment_age = Duration::milliseconds(kWeekMs);
  uint64_t max_batch_bytes = 1'048'588;
  bool deletes = true;  // cleanup.policy
  bool compacts = false;
  Duration retention = Duration::milliseconds(kWeekMs);  // negative: for ever
  int64_t retention_bytes = -1;                          // negative: any number
  Duration tombstone_retention = Duration::milliseconds(kDayMs);
  double min_dirty_ratio = 0.5;
  Duration min_compaction_lag;
  int64_t max_compaction_lag_ms = INT64_MAX;
  bool append_time = false;           // message.timestamp.type
  int64_t max_before_ms = INT64_MAX;  // how old a record may be
  int64_t max_after_ms = 3'600'000;   // and how far ahead

  static constexpr int64_t kDayMs = 86'400'000;
  static constexpr int64_t kWeekMs = 7 * kDayMs;
};

PartitionOptions options_of(const Settings& settings);

}  // namespace millrace::topic
