#pragma once

// All rows of a partition of OVER, in the order of its window: which of them are peers, and which
// are in the frame of each.

#include <cstdint>
#include <vector>

#include "column/batch.h"
#include "plan/nodes.h"

namespace millrace::exec {

struct SortedPartition {
  Batch rows;
  // By row, those with the same place in the order: from `first_peer` to before `end_of_peers`.
  std::vector<uint32_t> first_peer;
  std::vector<uint32_t> end_of_peers;

  uint32_t size() const { return rows.physical_size; }
};

// From `begin` to before `end`; empty where they are the same.
struct RowFrame {
  uint32_t begin;
  uint32_t end;

  bool operator==(const RowFrame&) const = default;
};

// By row. Both ends move on from row to row, but for those of rows whose order is NULL.
std::vector<RowFrame> frames_of(const SortedPartition& partition, const plan::OverWindow& window);

}  // namespace millrace::exec
