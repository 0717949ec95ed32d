#pragma once

// Positions of a column found again by their values, equal as equal_values() has it: for lists,
// each of whose elements would else be compared with each.

#include <cstdint>
#include <vector>

#include "column/column.h"

namespace millrace::function {

class ValueSet {
 public:
  // `values` outlives this.
  explicit ValueSet(const Column& values) : values_(&values) {}

  // Empty again, with room for so many.
  void begin(size_t most);
  // Whether it was added now: no equal value was there.
  bool add(size_t position);
  bool has(size_t position) const { return places_[place_of(position)] != kNone; }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;
  size_t place_of(size_t position) const;

  const Column* values_;
  std::vector<uint32_t> places_;  // a power of two of them, at most half used
};

}  // namespace millrace::function
