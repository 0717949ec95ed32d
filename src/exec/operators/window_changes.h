#pragma once

// What rows make of the groups of windows that are told of with each row: +I where a row begins
// one, -U and +U where it changes its results, -D where it takes back the last of its rows.

#include <memory>
#include <span>
#include <vector>

#include "exec/aggregate_slots.h"
#include "plan/nodes.h"

namespace millrace::exec {

class WindowChanges {
 public:
  // So many rows at a time, of which each gives two at most.
  static constexpr size_t kMostRows = Batch::kMaxRows / 2;

  // `slots` count rows.
  WindowChanges(const plan::WindowAggregate& node, std::shared_ptr<AggregateSlots> slots)
      : node_(&node), slots_(std::move(slots)) {}

  // Adds row rows[i] of the batch to groups[i], or takes it back; `rows` may name a row once only.
  // Gives the keys and results that change, and which i each is of.
  struct Changes {
    Batch rows;
    std::vector<uint32_t> of;
  };
  Changes add(const Batch& batch, std::span<const uint32_t> rows, std::span<char* const> groups);

 private:
  // What became of a row's group; `absent` is one that has no rows on either side of it.
  enum class Fate : uint8_t { absent, begun, changed, gone };
  std::vector<Fate> count(const Batch& batch, std::span<const uint32_t> rows,
                          std::span<char* const> groups) const;

  const plan::WindowAggregate* node_;
  std::shared_ptr<AggregateSlots> slots_;
};

}  // namespace millrace::exec
