#pragma once

// Which values of an aggregate's arguments a group has seen, and how often: what DISTINCT needs.
// Calls over the same arguments share the values and count for themselves, since their filters
// differ. Sets of calls are bits, by the calls' numbers.

#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "column/batch.h"
#include "state/key_map.h"

namespace millrace::exec {

class DistinctValues {
 public:
  // Where no value ever leaves, it is enough to know that it came.
  enum class Kept : uint8_t { seen, times };
  static constexpr size_t kMaxCalls = 64;

  // Of the argument columns `arguments`, whose types are these.
  DistinctValues(std::vector<size_t> arguments, std::vector<Type> types, Kept kept)
      : arguments_(std::move(arguments)),
        layout_(std::move(types)),
        values_(&layout_),
        kept_(kept) {}

  const std::vector<size_t>& arguments() const { return arguments_; }
  size_t calls() const { return calls_; }
  // One more call; its number.
  size_t add_call() { return calls_++; }

  // Reads the values of these rows of the batch, which the next calls speak of.
  void read(const Batch& batch, std::span<const uint32_t> rows);
  // The value of row `i` of those read comes to the pointer at `state` in a group's slot, or leaves
  // it, for these calls: for which of them it counts, being the first of its kind that comes, or
  // the last that leaves.
  uint64_t come(char* state, size_t i, uint64_t calls);
  uint64_t leave(char* state, size_t i, uint64_t calls);
  // Ask for the memory that those will read: for the values' table, for the entry in it, which
  // only the table can tell, and for the value's cell, which only the entry can.
  static void prefetch_table(const char* state);
  void prefetch_entry(const char* state, size_t i) const;
  void prefetch_cell(const char* state, size_t i) const;

  // Adds what was seen at `from` to what was seen at `into`. Of each call, by number, the values
  // that are new to it; their texts last as long as those at `into`.
  std::vector<std::vector<char*>> merge(char* into, const char* from) const;
  std::vector<Column> columns(std::span<char* const> values) const;

  void save(const char* state, ByteWriter& out) const;
  void load(char* state, ByteReader& in) const;
  void destroy(char* state) const;
  // About what the values of all groups take, in bytes.
  size_t memory() const;

 private:
  state::KeyMap& map_at(char* state) const;
  size_t cell_size() const { return (kept_ == Kept::seen ? 1 : calls_) * sizeof(int64_t); }
  int64_t times_at(const char* cell, size_t call) const;
  // Adds to how often the value came for the call; whether it is new to it.
  bool add_times(char* cell, size_t call, int64_t times) const;

  std::vector<size_t> arguments_;
  state::KeyLayout layout_;
  state::KeyRows values_;
  std::vector<Column> columns_;
  Kept kept_;
  size_t calls_ = 0;
  mutable size_t held_ = 0;  // values, over all groups
};

}  // namespace millrace::exec
