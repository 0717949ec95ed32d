#pragma once

// How a table of groups is filled from what was written of it. Slots are read, and put where they
// are found by their keys later, some at once: meanwhile the memory comes near in which that is.

#include <array>
#include <vector>

#include "state/keyed_table.h"

namespace millrace::state {

class KeyedTable::Loading {
 public:
  // Of entries of so many bytes.
  Loading(KeyedTable* table, uint64_t bytes) : table_(table), bytes_(bytes) {}
  // What was read and not put is lost with it.
  ~Loading();
  Loading(const Loading&) = delete;
  Loading& operator=(const Loading&) = delete;

  void read(ByteReader& in);

 private:
  struct Slot {
    char* slot;
    uint64_t hash;
  };
  void read_slot(const char* key, ByteReader& in);
  void read_gone(const char* key);
  void make_room(size_t bytes_each);
  void go_on();
  void put_all();
  void put(const Slot& read);
  void keep_room();
  void forget(char* slot, KeyMap& part);
  KeyMap& part_of(const Slot& read) { return table_->parts_[table_->part_of(read.hash)]; }

  KeyedTable* table_;
  uint64_t bytes_;  // 0 once room was made for them
  // In the steps that are before them: to have their places asked for, to have the keys that lie
  // there asked for, to be put.
  std::array<std::vector<Slot>, 3> read_;
  size_t put_ = 0;  // of the last ones
};

}  // namespace millrace::state
