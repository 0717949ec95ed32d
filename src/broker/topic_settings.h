#pragma once

// The settings of a topic that Kafka's users know, with their defaults here.
// https://kafka.apache.org/documentation/#topicconfigs

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace millrace::broker {

struct TopicSetting {
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
  std::string_view documentation;
};

std::span<const TopicSetting> all_topic_settings();

// Why Kafka would refuse it; empty for a good one.
std::string fault_in_setting(std::string_view name, std::string_view value);

}  // namespace millrace::broker
