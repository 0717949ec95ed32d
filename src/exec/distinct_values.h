#pragma once

// Which values of an aggregate's arguments a group has seen, and how often: what DISTINCT needs.
// Calls over the same arguments share the values and count for themselves, since their filters
// differ. Sets of calls are bits, by the calls' numbers.
//
// A group's slot holds a pointer to what it has seen, null at first. How that lies in memory is
// each kind's own matter; what is saved is the same for all: values, and how often for each call.

#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "column/batch.h"
#include "state/key_rows.h"

namespace millrace::exec {

class DistinctValues {
 public:
  // Where no value ever leaves, it is enough to know that it came.
  enum class Kept : uint8_t { seen, times };
  static constexpr size_t kMaxCalls = 64;

  // Whether values that merge() says are new come in the order in which they came.
  enum class Order : uint8_t { any, of_arrival };

  // Of the argument columns `arguments`, whose types are these. Unless `ttl` is none, a value is
  // forgotten that long after it was written, and counts anew when it comes again.
  static std::unique_ptr<DistinctValues> make(std::vector<size_t> arguments,
                                              std::vector<Type> types, Kept kept, Duration ttl,
                                              Order order = Order::any);
  virtual ~DistinctValues() = default;
  DistinctValues(const DistinctValues&) = delete;
  DistinctValues& operator=(const DistinctValues&) = delete;

  const std::vector<size_t>& arguments() const { return arguments_; }
  size_t calls() const { return calls_; }
  // One more call; its number.
  size_t add_call() { return calls_++; }

  // When the rows to come have come, where values are forgotten.
  virtual void set_now(int64_t /*now_ms*/) {}
  // Reads the values of these rows of the batch, which the next calls speak of.
  void read(const Batch& batch, std::span<const uint32_t> rows);
  // The value of row `i` of those read comes to the pointer at `state` in a group's slot, or leaves
  // it, for these calls: for which of them it counts, being the first of its kind that comes, or
  // the last that leaves.
  virtual uint64_t come(char* state, size_t i, uint64_t calls) = 0;
  virtual uint64_t leave(char* state, size_t i, uint64_t calls) = 0;
  // Ask for the memory that those will read: for the values' table, for the entry in it, which
  // only the table can tell, and for the value's cell, which only the entry can.
  virtual void prefetch_table(const char* state) const = 0;
  virtual void prefetch_entry(const char* state, size_t i) const = 0;
  virtual void prefetch_cell(const char* state, size_t i) const = 0;

  // Adds what was seen at `from` to what was seen at `into`. Of each call, by number, the values
  // that are new to it, in the order of arrival where that was asked for; good until the next
  // merge, and while those at `into` are.
  virtual std::vector<std::vector<char*>> merge(char* into, const char* from) = 0;
  std::vector<Column> columns(std::span<char* const> values) const;

  virtual void save(const char* state, ByteWriter& out) const = 0;
  virtual void load(char* state, ByteReader& in) = 0;
  virtual void destroy(char* state) = 0;
  // About what the values of all groups take, in bytes.
  virtual size_t memory() const = 0;

 protected:
  DistinctValues(std::vector<size_t> arguments, std::vector<Type> types)
      : layout_(std::move(types)), values_(&layout_), arguments_(std::move(arguments)) {}

  state::KeyLayout layout_;
  state::KeyRows values_;  // at hand

 private:
  std::vector<size_t> arguments_;
  std::vector<Column> columns_;
  size_t calls_ = 0;
};

}  // namespace millrace::exec
