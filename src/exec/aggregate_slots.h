#pragma once

// The accumulators of an aggregation's calls side by side in one slot of a state table:
//
//   | rows i64, where they are counted | an accumulator a call | a pointer a list of DISTINCT
//   arguments |

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "exec/distinct_values.h"
#include "plan/nodes.h"
#include "state/slot_kind.h"

namespace millrace::exec {

// Of the input's columns those that the calls read, ascending.
std::vector<size_t> columns_read(const std::vector<plan::AggregateCall>& calls);

class AggregateSlots final : public state::SlotKind {
 public:
  // Whether rows are taken back: by an owner who knows when a slot has none left, or by one who
  // wants them counted to see it.
  enum class TakenBack : uint8_t { never, uncounted, counted };
  // Counted where some are.
  static TakenBack taken_back(const plan::Node& node) {
    return node.inputs[0]->changelog.insert_only() ? TakenBack::never : TakenBack::counted;
  }

  // `calls` outlives this. The values of DISTINCT are forgotten after `ttl`, unless it is none.
  AggregateSlots(const std::vector<plan::AggregateCall>& calls, TakenBack taken_back,
                 Duration ttl = {});

  std::string describe() const override;
  size_t size() const override { return size_; }
  void init(char* slot) const override;
  void save(const char* slot, ByteWriter& out) const override;
  void load(char* slot, ByteReader& in) const override;
  void destroy(char* slot) const override;
  size_t memory() const override;

  // Who shows a slot with each row must have all of it: it is not to be merged of several.
  void keep_whole() { is_whole_ = true; }
  bool counts_rows() const { return taken_back_ == TakenBack::counted; }
  // Whether there are results of any size, as lists are, and about how many bytes a slot's take.
  // Each row of a GROUP BY or of OVER shows them anew, so that few rows are computed at a time.
  static constexpr size_t kMostShown = size_t{4} << 20;
  static constexpr size_t kMostGrowing = 64;  // rows, by each of which a list may grow
  bool show_any_size() const { return any_size_; }
  size_t shown(const char* slot) const;
  // Whether each row that is added makes the results others than they were.
  bool change_with_each_row() const;
  // Of slots that count rows; who takes rows back changes it.
  static int64_t& rows_of(char* slot) { return *reinterpret_cast<int64_t*>(slot); }
  // The numbers of those whose rows were not all taken back: the others are none.
  static std::vector<uint32_t> with_rows(std::span<char* const> slots);

  // When the rows to come have come, where values are forgotten.
  void set_now(int64_t now_ms);
  // Adds row rows[i] of the batch to slots[i], or takes it back. `rows` may name a row once only.
  void update(std::span<char* const> slots, const Batch& batch, std::span<const uint32_t> rows);
  // The same, of slots whose rows are counted by who calls this.
  void change(std::span<char* const> slots, const Batch& batch, std::span<const uint32_t> rows);
  // The same again, giving the results of each call around each row, the one before row i at 2 * i
  // and the one after it at 2 * i + 1, or those after the rows only.
  std::vector<Column> trace(std::span<char* const> slots, const Batch& batch,
                            std::span<const uint32_t> rows, function::Sides sides);
  // Also where merges() is false, as sessions need it.
  void merge(char* into, const char* from) const override;
  // Whether nobody sees in the results that slots were merged. A row that is taken back may be in
  // another slot than the one that it takes back: that is no matter to sums, but to lists, and to
  // values that must not count twice.
  bool merges() const override;
  // The results of all calls, a column each, for these slots.
  std::vector<Column> finish(std::span<char* const> slots) const;

 private:
  struct Place {
    size_t at;                            // of the accumulator in the slot
    std::optional<size_t> distinct = {};  // whose values count; none where all rows do
    size_t distinct_call = 0;             // the call's number among those that share them
  };
  struct Distinct {
    std::unique_ptr<DistinctValues> values;
    size_t at;
    std::vector<uint64_t> counted = {};  // by row at hand, the set of calls that it counts for
  };

  Place place_of(const plan::AggregateCall& call, size_t at);
  DistinctValues::Order order_of_values(const std::vector<size_t>& arguments) const;
  void merge_distinct(const Distinct& distinct, char* into, const char* from) const;
  // Adds the rows' values to those of DISTINCT, or takes them back.
  void add_distinct(std::span<char* const> slots, const Batch& batch,
                    std::span<const uint32_t> rows);
  // Sets the bits of the calls that row rows[i] is for by their filters.
  void filter_distinct(size_t distinct, const Batch& batch, std::span<const uint32_t> rows);
  // By i, whether rows[i] counts for the call; empty where all do.
  std::span<const uint8_t> counted(size_t call, const Batch& batch, std::span<const uint32_t> rows);
  void update_call(size_t call, std::span<char* const> slots, const Batch& batch,
                   std::span<const uint32_t> rows);
  static std::vector<Column> arguments_of(const plan::AggregateCall& call, const Batch& batch);

  const std::vector<plan::AggregateCall>* calls_;
  TakenBack taken_back_;
  bool is_whole_ = false;
  Duration ttl_;
  std::vector<Place> places_;  // by call
  std::vector<Distinct> distinct_;
  size_t size_ = 0;
  bool begin_as_zeroes_ = true;  // all calls' accumulators
  bool own_memory_ = false;      // some of them, or values of DISTINCT
  bool any_size_ = false;        // some of their results
  mutable int64_t owned_ = 0;    // bytes, by the accumulators of all slots
  std::vector<char*> states_;
  std::vector<uint32_t> chosen_;
  std::vector<uint8_t> counted_;
};

}  // namespace millrace::exec
