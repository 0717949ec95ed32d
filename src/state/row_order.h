#pragma once

// The order of whole rows, as ORDER BY means it: numbers by value with NaN above all and -0.0 below
// 0.0, texts by their bytes, NULL where each column wants it.

#include <cstddef>
#include <vector>

#include "state/row_layout.h"

namespace millrace::state {

struct OrderColumn {
  size_t column = 0;
  bool descending = false;
  bool nulls_last = false;
};

class RowOrder {
 public:
  // Throws Error(unsupported) for columns of nested types.
  RowOrder(const RowLayout& layout, const std::vector<OrderColumn>& columns);

  // Below 0 where row `a` comes first, above 0 where `b` does.
  int compare(const char* a, const char* b) const;

 private:
  struct Item {
    OrderColumn order;
    size_t at;
    int (*compare)(const char* a, const char* b);  // of the values there
  };
  std::vector<Item> items_;
};

}  // namespace millrace::state
