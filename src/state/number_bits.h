#pragma once

// A hash table from 64-bit numbers to sets of bits: sixteen bytes an entry and nothing else, so
// that a look-up goes to memory once. A number that has no bit set is not in it.

#include <cstdint>
#include <vector>

#include "base/hash.h"
#include "base/prefetch.h"

namespace millrace::state {

class NumberBits {
 public:
  NumberBits() : entries_(kFirstEntries) {}

  // Sets these bits, of which there is one at least, and gives those that were set before.
  uint64_t set(uint64_t number, uint64_t bits);
  // Room for so many. Numbers that come in the order of another table crowd at the front of one
  // that grows meanwhile, so that each takes the longer to set.
  void reserve(size_t numbers);
  // Asks for the memory that set() will read.
  void prefetch(uint64_t number) const { prefetch_line(&entries_[home(number)]); }

  size_t size() const { return size_; }
  size_t memory() const { return entries_.size() * sizeof(Entry); }
  // Calls f(number, bits) for each, in no order that means anything.
  template <typename F>
  void for_each(F&& f) const {
    for (const Entry& entry : entries_) {
      if (entry.bits != 0) {
        f(entry.number, entry.bits);
      }
    }
  }

 private:
  static constexpr size_t kFirstEntries = 4;  // a power of two, as later sizes are

  struct Entry {
    uint64_t number = 0;
    uint64_t bits = 0;
  };
  size_t home(uint64_t number) const { return mix(number, 0) & (entries_.size() - 1); }
  // The entry of the number, or the empty one where it would be.
  Entry& place_of(uint64_t number);
  void resize(size_t entries);

  std::vector<Entry> entries_;  // at most three quarters used
  size_t size_ = 0;
};

}  // namespace millrace::state
