#include "state/free_numbers.h"

#include <algorithm>
#include <bit>

#include "base/check.h"

namespace millrace::state {

static constexpr size_t kBits = 64;

void FreeNumbers::add(uint32_t number) {
  const size_t word = number / kBits;
  if (word >= bits_.size()) {
    bits_.resize(word + 1);
    words_.resize(word / kBits + 1);
  }
  bits_[word] |= uint64_t{1} << number % kBits;
  words_[word / kBits] |= uint64_t{1} << word % kBits;
  first_ = std::min(first_, word / kBits);
  ++size_;
}

uint32_t FreeNumbers::take_smallest() {
  check(size_ > 0, "a number is taken that is free");
  while (words_[first_] == 0) {
    ++first_;
  }
  const size_t word = first_ * kBits + static_cast<size_t>(std::countr_zero(words_[first_]));
  const auto number =
      static_cast<uint32_t>(word * kBits + static_cast<size_t>(std::countr_zero(bits_[word])));
  bits_[word] &= bits_[word] - 1;
  if (bits_[word] == 0) {
    words_[first_] &= words_[first_] - 1;
  }
  --size_;
  return number;
}

}  // namespace millrace::state
