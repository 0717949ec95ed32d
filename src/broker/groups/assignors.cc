#include "broker/groups/assignors.h"

#include <algorithm>
#include <array>
#include <vector>

namespace millrace::broker {

namespace {

struct Place {
  kafka::Uuid topic;
  int32_t partition = 0;
};

// Members in the order in which ranges go: static ones by their instance, so that it survives a
// restart of the consumer.
std::vector<std::string> in_order(const AssignorInput& input, const kafka::Uuid& topic) {
  std::vector<std::string> members;
  for (const auto& [id, member] : input.members) {
    if (member.topics.contains(topic)) {
      members.push_back(id);
    }
  }
  std::sort(members.begin(), members.end(), [&](const std::string& a, const std::string& b) {
    return input.members.at(a).instance_id.value_or(a) <
           input.members.at(b).instance_id.value_or(b);
  });
  return members;
}

// The shares as they were, without what is gone and without what a member gave up.
Assignment kept(const AssignorInput& input) {
  Assignment assignment;
  TopicPartitions taken;
  for (const auto& [id, member] : input.members) {
    TopicPartitions& share = assignment[id];
    for (const auto& [topic, partitions] : member.before) {
      const auto count = input.partition_counts.find(topic);
      if (count == input.partition_counts.end() || !member.topics.contains(topic)) {
        continue;
      }
      for (const int32_t partition : partitions) {
        if (partition < count->second && taken[topic].insert(partition).second) {
          share[topic].insert(partition);
        }
      }
    }
  }
  return assignment;
}

std::vector<Place> unassigned(const AssignorInput& input, const Assignment& assignment) {
  std::vector<Place> places;
  for (const auto& [topic, count] : input.partition_counts) {
    std::vector<bool> has_owner(static_cast<size_t>(count));
    for (const auto& [id, share] : assignment) {
      if (const auto partitions = share.find(topic); partitions != share.end()) {
        for (const int32_t partition : partitions->second) {
          has_owner[static_cast<size_t>(partition)] = true;
        }
      }
    }
    for (int32_t partition = 0; partition < count; ++partition) {
      if (!has_owner[static_cast<size_t>(partition)]) {
        places.push_back({topic, partition});
      }
    }
  }
  return places;
}

// Member and how many partitions it has, of those that subscribe to the topic.
struct Load {
  std::string member;
  size_t partitions;
};

std::optional<Load> least_loaded(const AssignorInput& input,
                                 const std::map<std::string, size_t>& loads,
                                 const kafka::Uuid& topic) {
  std::optional<Load> least;
  for (const auto& [id, load] : loads) {
    if (input.members.at(id).topics.contains(topic) && (!least || load < least->partitions)) {
      least = Load{id, load};
    }
  }
  return least;
}

void move(const Place& place, const std::string& from, const std::string& to,
          Assignment& assignment, std::map<std::string, size_t>& loads) {
  auto& partitions = assignment[from][place.topic];
  partitions.erase(place.partition);
  if (partitions.empty()) {
    assignment[from].erase(place.topic);
  }
  assignment[to][place.topic].insert(place.partition);
  --loads[from];
  ++loads[to];
}

// Something of the member's that another one would be better off with: at least two fewer.
bool relieve(const AssignorInput& input, const std::string& member, Assignment& assignment,
             std::map<std::string, size_t>& loads) {
  for (const auto& [topic, partitions] : assignment[member]) {
    const auto least = least_loaded(input, loads, topic);
    if (least && loads[member] >= least->partitions + 2) {
      // The last one goes: it was assigned last, and is worth the least to whoever caches.
      move({topic, *partitions.rbegin()}, member, least->member, assignment, loads);
      return true;
    }
  }
  return false;
}

}  // namespace

size_t count_of(const TopicPartitions& partitions) {
  size_t count = 0;
  for (const auto& [topic, numbers] : partitions) {
    count += numbers.size();
  }
  return count;
}

Assignment assign_uniformly(const AssignorInput& input) {
  Assignment assignment = kept(input);
  std::map<std::string, size_t> loads;
  for (const auto& [id, share] : assignment) {
    loads[id] = count_of(share);
  }
  for (const Place& place : unassigned(input, assignment)) {
    if (const auto least = least_loaded(input, loads, place.topic)) {
      assignment[least->member][place.topic].insert(place.partition);
      ++loads[least->member];
    }
  }
  // Each move brings two loads closer together, so this ends.
  for (bool moved = true; moved;) {
    moved = false;
    for (const auto& [id, member] : input.members) {
      while (relieve(input, id, assignment, loads)) {
        moved = true;
      }
    }
  }
  return assignment;
}

Assignment assign_ranges(const AssignorInput& input) {
  Assignment assignment;
  for (const auto& [id, member] : input.members) {
    assignment[id];
  }
  for (const auto& [topic, count] : input.partition_counts) {
    const std::vector<std::string> members = in_order(input, topic);
    const auto size = static_cast<int32_t>(members.size());
    int32_t next = 0;
    for (int32_t i = 0; i < size; ++i) {
      const int32_t share = count / size + (i < count % size ? 1 : 0);
      for (const int32_t end = next + share; next < end; ++next) {
        assignment[members[static_cast<size_t>(i)]][topic].insert(next);
      }
    }
  }
  return assignment;
}

static constexpr std::array kAssignors{Assignor{"uniform", assign_uniformly},
                                       Assignor{"range", assign_ranges}};

const Assignor* find_assignor(std::string_view name) {
  const auto* found = std::find_if(kAssignors.begin(), kAssignors.end(),
                                   [name](const Assignor& each) { return each.name == name; });
  return found == kAssignors.end() ? nullptr : found;
}

const Assignor& default_assignor() { return kAssignors.front(); }

}  // namespace millrace::broker
