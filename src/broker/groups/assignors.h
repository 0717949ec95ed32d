#pragma once

// Who in a group reads which partitions, where the broker decides it (KIP-848): pure functions of
// who is there and what there is.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "kafka/uuid.h"

namespace millrace::broker {

using TopicPartitions = std::map<kafka::Uuid, std::set<int32_t>>;

struct AssignorInput {
  struct Member {
    std::optional<std::string> instance_id;
    std::set<kafka::Uuid> topics;  // that it subscribes to
    TopicPartitions before;        // what it was to have until now
  };
  std::map<kafka::Uuid, int32_t> partition_counts;  // of all topics that somebody subscribes to
  std::map<std::string, Member> members;
};

using Assignment = std::map<std::string, TopicPartitions>;  // by member

// Members get as many partitions as each other, give or take one where their subscriptions allow
// it, and keep what they have as far as that goes.
Assignment assign_uniformly(const AssignorInput& input);
// Of each topic a member gets a range of its partitions, the same range of every topic where
// subscriptions and counts are the same, so that topics keyed alike meet in one member.
Assignment assign_ranges(const AssignorInput& input);

struct Assignor {
  std::string_view name;
  Assignment (*assign)(const AssignorInput& input);
};
// nullptr where there is none of that name.
const Assignor* find_assignor(std::string_view name);
const Assignor& default_assignor();

size_t count_of(const TopicPartitions& partitions);

}  // namespace millrace::broker
