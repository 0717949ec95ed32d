#pragma once

// Numbers that are not in use, of which the smallest is handed out first: which one that is follows
// from those in use alone, so that it is the same after a restart.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace millrace::state {

class FreeNumbers {
 public:
  bool empty() const { return size_ == 0; }
  size_t size() const { return size_; }
  // It is not among them.
  void add(uint32_t number);
  // There is one.
  uint32_t take_smallest();
  size_t memory() const { return (bits_.capacity() + words_.capacity()) * sizeof(uint64_t); }

 private:
  std::vector<uint64_t> bits_;   // by number
  std::vector<uint64_t> words_;  // a bit a word of bits_, where that has any
  size_t first_ = 0;             // all words_ before it are 0
  size_t size_ = 0;
};

}  // namespace millrace::state
