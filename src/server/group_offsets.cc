#include "server/group_offsets.h"

namespace millrace::server {

std::optional<Offset> BrokerGroupOffsets::find(const std::string& group, const std::string& topic,
                                               PartitionIndex partition) {
  return groups_.committed(group, {topic, partition.value});
}

void BrokerGroupOffsets::commit(const std::string& group, const std::string& topic,
                                std::vector<std::pair<PartitionIndex, Offset>> next) {
  std::vector<std::pair<broker::Offsets::Place, Offset>> offsets;
  for (const auto& [partition, offset] : next) {
    offsets.push_back({{topic, partition.value}, offset});
  }
  groups_.commit(group, std::move(offsets));
}

}  // namespace millrace::server
