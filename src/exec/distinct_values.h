#pragma once

// Which values of an aggregate's arguments a group has seen, and how often: what DISTINCT needs.
// Calls over the same arguments share the values and count for themselves, since their filters
// differ.

#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "column/batch.h"
#include "state/key_map.h"

namespace millrace::exec {

class DistinctValues {
 public:
  // Of the argument columns `arguments`, whose types are these.
  DistinctValues(std::vector<size_t> arguments, std::vector<Type> types)
      : arguments_(std::move(arguments)), layout_(std::move(types)), values_(&layout_) {}

  const std::vector<size_t>& arguments() const { return arguments_; }
  // One more call; its number.
  size_t add_call() { return calls_++; }

  // Reads the values of these rows of the batch, which the next calls of counts() speak of.
  void read(const Batch& batch, std::span<const uint32_t> rows);
  // For the pointer at `state` in a group's slot and row `i` of those read: whether the value
  // counts for the call, since it is the first of its kind that comes, or the last that leaves.
  bool counts(char* state, size_t i, size_t call, bool leaves);
  // Ask for the memory that counts() will read: for the values' table, for the entry in it, which
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
  char* cell_of(char* state, size_t i);

  std::vector<size_t> arguments_;
  state::KeyLayout layout_;
  state::KeyRows values_;
  std::vector<Column> columns_;
  std::vector<char*> cells_;  // of the rows read, where a call has looked it up already
  size_t calls_ = 0;
  mutable size_t held_ = 0;  // values, over all groups
};

}  // namespace millrace::exec
