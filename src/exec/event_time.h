#pragma once

// Event times of any precision, read as milliseconds, which is what watermarks and windows count.

#include <cstdint>

#include "column/column.h"
#include "state/row_layout.h"

namespace millrace::exec {

inline int64_t floor_divide(int64_t value, int64_t by) {
  const int64_t quotient = value / by;
  return quotient * by > value ? quotient - 1 : quotient;
}

// In a column of a kept row, which is not NULL.
inline int64_t event_time(const state::RowLayout& layout, const char* row, size_t column) {
  return floor_divide(layout.value<int64_t>(row, column),
                      layout.types()[column].timestamp_unit() / 1000);
}

class EventTimes {
 public:
  // Of a timestamp column, which outlives this.
  explicit EventTimes(const Column& column)
      : column_(&column), values_(column), per_ms_(column.type().timestamp_unit() / 1000) {}

  bool is_null(uint32_t row) const { return values_.is_null(row); }
  int64_t ms(uint32_t row) const {
    return per_ms_ == 1 ? values_[row] : floor_divide(values_[row], per_ms_);
  }
  // By row, where they lie in memory as milliseconds and none is NULL; nullptr where not.
  const int64_t* plain() const {
    const bool is_plain =
        per_ms_ == 1 && column_->layout() == Column::Layout::flat && !values_.has_nulls();
    return is_plain ? column_->values<int64_t>() : nullptr;
  }
  // Beyond these the arithmetic of windows would overflow.
  static bool in_range(int64_t ms) { return ms > -kLimit && ms < kLimit; }
  // Why no window can be found by the row's time; null where one can.
  const char* fault(uint32_t row) const {
    return is_null(row)        ? "the event time is NULL"
           : in_range(ms(row)) ? nullptr
                               : "the event time is out of range";
  }

 private:
  static constexpr int64_t kLimit = int64_t{1} << 62;
  const Column* column_;
  View<int64_t> values_;
  int64_t per_ms_;
};

}  // namespace millrace::exec
