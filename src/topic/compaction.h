#pragma once

// What compaction keeps of a log whose records have keys: the latest record of each key, and
// deletions until everyone could see them. Batches that lose records keep their offsets, so a
// compacted log has gaps.
//
// Only decided transactions are compacted: what was aborted goes, what was committed stays as if it
// had been written without one, and the markers go. So nothing in a compacted segment is of a
// transaction.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "kafka/record_batch.h"
#include "kafka/records.h"
#include "topic/producers.h"

namespace millrace::topic {

// Where the latest record of each key is, of a part of a log.
class LatestOffsets {
 public:
  static constexpr size_t kMostBytes = 128 << 20;

  void add(const kafka::BatchView& batch);
  bool is_superseded(const kafka::Record& record) const;
  bool is_full() const { return bytes_ > kMostBytes; }

 private:
  struct KeyHash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const;
  };
  std::unordered_map<std::string, Offset, KeyHash, std::equal_to<>> offsets_;
  size_t bytes_ = 0;
};

// The batch with those of its records that `keeps` wants; empty where it wants none. Compressed
// batches stay so where they lose nothing.
std::string without_superseded(const kafka::BatchView& batch,
                               const std::function<bool(const kafka::Record&)>& keeps);

}  // namespace millrace::topic
