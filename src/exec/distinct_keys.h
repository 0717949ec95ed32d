#pragma once

// Distinct values of any types, and of several arguments: a table of keys a group. Those that
// expire are passed over once their time is over, and taken out whenever a table has grown to twice
// what the last time left of it.

#include "exec/distinct_values.h"
#include "state/key_map.h"

namespace millrace::exec {

class DistinctKeys final : public DistinctValues {
 public:
  DistinctKeys(std::vector<size_t> arguments, std::vector<Type> types, Kept kept, Duration ttl)
      : DistinctValues(std::move(arguments), std::move(types)), kept_(kept), ttl_(ttl) {}

  void set_now(int64_t now_ms) override { now_ms_ = now_ms; }
  uint64_t come(char* state, size_t i, uint64_t calls) override;
  uint64_t leave(char* state, size_t i, uint64_t calls) override;
  void prefetch_table(const char* state) const override;
  void prefetch_entry(const char* state, size_t i) const override;
  void prefetch_cell(const char* state, size_t i) const override;
  std::vector<std::vector<char*>> merge(char* into, const char* from) override;
  void save(const char* state, ByteWriter& out) const override;
  void load(char* state, ByteReader& in) override;
  void destroy(char* state) override;
  size_t memory() const override { return memory_; }

 private:
  static constexpr size_t kFirstPurge = 64;

  struct Group {
    Group(const state::KeyLayout* layout, size_t cell_size) : map(layout, cell_size) {}
    state::KeyMap map;
    size_t purged_at = kFirstPurge;  // that many values
  };
  static Group* find(const char* state);
  Group& at(char* state);
  // Of a group's map: as upsert(), with what it takes counted.
  state::KeyMap::Found upsert(state::KeyMap& map, const char* value, uint64_t hash);

  bool expires() const { return ttl_ > Duration(); }
  // A value's cell holds the set of calls that have seen it, or a number for each call; behind
  // that, when it was written, where it expires.
  size_t counts_size() const { return (kept_ == Kept::seen ? 1 : calls()) * sizeof(int64_t); }
  size_t cell_size() const { return counts_size() + (expires() ? sizeof(int64_t) : 0); }
  int64_t& written_at(char* cell) const;
  bool is_over(char* cell) const;
  // Calls f(cell) for each value: as they came, where none leaves.
  template <typename F>
  void for_each(const Group& group, F&& f) const;
  void purge(Group& group);

  int64_t times_at(const char* cell, size_t call) const;
  // Adds to how often the value came for the call; whether it is new to it.
  bool add_times(char* cell, size_t call, int64_t times) const;

  Kept kept_;
  Duration ttl_;
  int64_t now_ms_ = 0;
  size_t memory_ = 0;  // of all groups
};

}  // namespace millrace::exec
