#pragma once

// The accumulators of an aggregation's calls side by side in one slot of a state table:
//
//   | rows i64, where they are counted | an accumulator a call | a pointer a list of DISTINCT
//   arguments |

#include <span>
#include <string>
#include <vector>

#include "exec/distinct_values.h"
#include "plan/nodes.h"
#include "state/slot_kind.h"

namespace millrace::exec {

class AggregateSlots final : public state::SlotKind {
 public:
  // Where rows are taken back, a group must know when it has none left.
  enum class RowCount : uint8_t { none, kept };

  // `calls` outlives this.
  AggregateSlots(const std::vector<plan::AggregateCall>& calls, RowCount count);

  std::string describe() const override;
  size_t size() const override { return size_; }
  void init(char* slot) const override;
  void save(const char* slot, ByteWriter& out) const override;
  void load(char* slot, ByteReader& in) const override;
  void destroy(char* slot) const override;
  size_t memory() const override;

  bool counts_rows() const { return counts_rows_; }
  // Of slots that count rows; who takes rows back changes it.
  static int64_t& rows_of(char* slot) { return *reinterpret_cast<int64_t*>(slot); }

  // Adds row rows[i] of the batch to slots[i], or takes it back. `rows` may name a row once only.
  void update(std::span<char* const> slots, const Batch& batch, std::span<const uint32_t> rows);
  // The same, giving the results of each call around each row: the one before row i at 2 * i, the
  // one after it at 2 * i + 1.
  std::vector<Column> trace(std::span<char* const> slots, const Batch& batch,
                            std::span<const uint32_t> rows);
  // Adds what `from` has gathered to `into`, as if its rows had come after those of `into`.
  void merge(char* into, const char* from) const;
  // The results of all calls, a column each, for these slots.
  std::vector<Column> finish(std::span<char* const> slots) const;

 private:
  struct Place {
    size_t at;                           // of the accumulator in the slot
    DistinctValues* distinct = nullptr;  // null where all rows count
    size_t distinct_at = 0;              // of the values' pointer in the slot
    size_t distinct_call = 0;            // the call's number among those that share them
  };
  struct Distinct {
    std::unique_ptr<DistinctValues> values;
    size_t at;
  };

  Place place_of(const plan::AggregateCall& call, size_t at);
  void merge_distinct(const Distinct& distinct, char* into, const char* from) const;
  void read_distinct(const Batch& batch, std::span<const uint32_t> rows);
  // By i, whether rows[i] counts for the call; empty where all do.
  std::span<const uint8_t> counted(size_t call, std::span<char* const> slots, const Batch& batch,
                                   std::span<const uint32_t> rows);
  void update_call(size_t call, std::span<char* const> slots, const Batch& batch,
                   std::span<const uint32_t> rows);
  static std::vector<Column> arguments_of(const plan::AggregateCall& call, const Batch& batch);

  const std::vector<plan::AggregateCall>* calls_;
  bool counts_rows_;
  std::vector<Place> places_;  // by call
  std::vector<Distinct> distinct_;
  size_t size_ = 0;
  std::vector<char*> states_;
  std::vector<uint32_t> chosen_;
  std::vector<uint8_t> counted_;
};

}  // namespace millrace::exec
