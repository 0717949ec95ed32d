#pragma once

// The offsets of pipelines, as those of ordinary consumer groups of the broker.

#include "broker/groups/group_admin.h"
#include "connector/topic/group_offsets.h"

namespace millrace::server {

class BrokerGroupOffsets final : public connector::GroupOffsets {
 public:
  // `groups` outlives it.
  explicit BrokerGroupOffsets(broker::GroupAdmin& groups) : groups_(groups) {}

  std::optional<Offset> find(const std::string& group, const std::string& topic,
                             PartitionIndex partition) override;
  void commit(const std::string& group, const std::string& topic,
              std::vector<std::pair<PartitionIndex, Offset>> next) override;

 private:
  broker::GroupAdmin& groups_;
};

}  // namespace millrace::server
