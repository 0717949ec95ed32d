#pragma once

// How far consumer groups have read, where the embedded broker keeps it: told so that tools which
// watch lag see pipelines too. Pipelines themselves go by their checkpoints.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/id.h"

namespace millrace::connector {

// Called from pipelines' threads.
class GroupOffsets {
 public:
  virtual ~GroupOffsets() = default;
  virtual std::optional<Offset> find(const std::string& group, const std::string& topic,
                                     PartitionIndex partition) = 0;
  // Soon, and without a promise.
  virtual void commit(const std::string& group, const std::string& topic,
                      std::vector<std::pair<PartitionIndex, Offset>> next) = 0;
};

}  // namespace millrace::connector
