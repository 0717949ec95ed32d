#pragma once

// The accumulators of an aggregation's calls side by side in one slot of a state table.

#include <span>
#include <string>
#include <vector>

#include "plan/nodes.h"
#include "state/timed_table.h"

namespace millrace::exec {

class AggregateSlots final : public state::SlotKind {
 public:
  // `calls` outlives this.
  explicit AggregateSlots(const std::vector<plan::AggregateCall>& calls);

  std::string describe() const override;
  size_t size() const override { return size_; }
  void init(char* slot) const override;
  void save(const char* slot, ByteWriter& out) const override;
  void load(char* slot, ByteReader& in) const override;
  void destroy(char* slot) const override;

  // Adds row rows[i] of the batch to slots[i]. `rows` may name a row once only.
  void update(std::span<char* const> slots, const Batch& batch, std::span<const uint32_t> rows);
  // Adds what `from` has gathered to `into`, as if its rows had come after those of `into`.
  void merge(char* into, const char* from) const;
  // The results of all calls, a column each, for these slots.
  std::vector<Column> finish(std::span<char* const> slots) const;

 private:
  void update_call(size_t call, std::span<char* const> slots, const Batch& batch,
                   std::span<const uint32_t> rows);

  const std::vector<plan::AggregateCall>* calls_;
  std::vector<size_t> at_;  // of each call's accumulator in the slot
  size_t size_ = 0;
  std::vector<char*> states_;
  std::vector<uint32_t> chosen_;
};

}  // namespace millrace::exec
