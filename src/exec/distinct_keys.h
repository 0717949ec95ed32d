#pragma once

// Distinct values of any types, and of several arguments: a table of keys a group.

#include "exec/distinct_values.h"
#include "state/key_map.h"

namespace millrace::exec {

class DistinctKeys final : public DistinctValues {
 public:
  DistinctKeys(std::vector<size_t> arguments, std::vector<Type> types, Kept kept)
      : DistinctValues(std::move(arguments), std::move(types)), kept_(kept) {}

  uint64_t come(char* state, size_t i, uint64_t calls) override;
  uint64_t leave(char* state, size_t i, uint64_t calls) override;
  void prefetch_table(const char* state) const override;
  void prefetch_entry(const char* state, size_t i) const override;
  void prefetch_cell(const char* state, size_t i) const override;
  std::vector<std::vector<char*>> merge(char* into, const char* from) override;
  void save(const char* state, ByteWriter& out) const override;
  void load(char* state, ByteReader& in) override;
  void destroy(char* state) override;
  size_t memory() const override;

 private:
  state::KeyMap& map_at(char* state) const;
  size_t cell_size() const { return (kept_ == Kept::seen ? 1 : calls()) * sizeof(int64_t); }
  int64_t times_at(const char* cell, size_t call) const;
  // Adds to how often the value came for the call; whether it is new to it.
  bool add_times(char* cell, size_t call, int64_t times) const;

  Kept kept_;
  size_t held_ = 0;  // values, over all groups
};

}  // namespace millrace::exec
