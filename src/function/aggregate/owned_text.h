#pragma once

// A string in an accumulator: short ones within, longer ones in memory of its own.

#include <string_view>

#include "function/aggregate.h"

namespace millrace::function {

// Lies in a slot: no constructor runs, all zero is "no value", release() frees.
class OwnedText {
 public:
  bool has_value() const { return present_ != 0; }
  std::string_view view() const { return {capacity_ > 0 ? at_ : within_, size_}; }
  void set(std::string_view text);
  void release();

 private:
  static constexpr size_t kWithin = 16;

  uint32_t present_;
  uint32_t size_;
  uint64_t capacity_;  // of at_; 0 while the text lies within
  union {
    char* at_;
    char within_[kWithin];
  };
};

// Everything but name, types, update, trace, merge and finish.
AggregateSignature owned_text_signature();

}  // namespace millrace::function
