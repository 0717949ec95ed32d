#include "exec/sorted_partition.h"

#include <algorithm>
#include <optional>

#include "base/check.h"
#include "column/physical.h"
#include "exec/event_time.h"

namespace millrace::exec {

namespace {

using plan::OverWindow;

// --- ROWS ---

uint32_t clamped(int64_t row, uint32_t size) {
  return static_cast<uint32_t>(std::clamp<int64_t>(row, 0, size));
}

RowFrame rows_around(uint32_t row, uint32_t size, const OverWindow& window) {
  const int64_t at = row;
  RowFrame frame{window.preceding ? clamped(at - *window.preceding, size) : 0,
                 window.following ? clamped(at + *window.following + 1, size) : size};
  frame.end = std::max(frame.begin, frame.end);
  return frame;
}

// --- RANGE ---

// What the rows are ordered by, as numbers that rise from row to row, of those that have a value;
// these are one behind the other.
struct OrderedValues {
  uint32_t first = 0;
  std::vector<int64_t> values;

  bool has(uint32_t row) const { return row >= first && row < first + values.size(); }
  int64_t of(uint32_t row) const { return values[row - first]; }
  uint32_t first_from(int64_t value) const {
    return place(std::lower_bound(values.begin(), values.end(), value));
  }
  uint32_t first_above(int64_t value) const {
    return place(std::upper_bound(values.begin(), values.end(), value));
  }

 private:
  uint32_t place(std::vector<int64_t>::const_iterator at) const {
    return first + static_cast<uint32_t>(at - values.begin());
  }
};

// At the ends of BIGINT there is nothing further on.
int64_t shifted(int64_t value, int64_t by) {
  int64_t sum = 0;
  return !__builtin_add_overflow(value, by, &sum) ? sum : by < 0 ? INT64_MIN : INT64_MAX;
}

// Timestamps in milliseconds, as intervals are.
int64_t divisor_of(const Type& type) {
  return type.is_timestamp() ? std::max<int64_t>(1, type.timestamp_unit() / 1000) : 1;
}

template <typename T>
OrderedValues read_values(const Column& column, bool descending) {
  const View<T> view(column);
  const int64_t divisor = divisor_of(column.type());
  OrderedValues ordered;
  for (uint32_t row = 0; row < column.size(); ++row) {
    if (view.is_null(row)) {
      ordered.first = ordered.values.empty() ? row + 1 : ordered.first;
    } else {
      const auto value = floor_divide(static_cast<int64_t>(view[row]), divisor);
      ordered.values.push_back(descending ? ~value : value);  // which no value is too small for
    }
  }
  return ordered;
}

OrderedValues values_of(const SortedPartition& partition, const OverWindow& window) {
  const plan::SortKey& key = window.order_by.front();
  const Column& column = partition.rows.columns[key.column];
  return with_physical(column.type().physical(), [&](auto zero) -> OrderedValues {
    if constexpr (std::is_same_v<decltype(zero), int8_t> ||
                  std::is_same_v<decltype(zero), int16_t> ||
                  std::is_same_v<decltype(zero), int32_t> ||
                  std::is_same_v<decltype(zero), int64_t>) {
      return read_values<decltype(zero)>(column, key.descending);
    } else {
      check(false, "RANGE with a distance is of whole numbers and times");
      return {};
    }
  });
}

bool has_distance(const OverWindow& window) {
  return window.preceding.value_or(0) != 0 || window.following.value_or(0) != 0;
}

// Peers alone where there is no distance to them; NULL is at no distance to anything.
RowFrame range_around(uint32_t row, const SortedPartition& partition, const OverWindow& window,
                      const OrderedValues& values) {
  RowFrame frame{window.preceding ? partition.first_peer[row] : 0,
                 window.following ? partition.end_of_peers[row] : partition.size()};
  if (values.has(row)) {
    if (window.preceding) {
      frame.begin = values.first_from(shifted(values.of(row), -*window.preceding));
    }
    if (window.following) {
      frame.end = values.first_above(shifted(values.of(row), *window.following));
    }
  }
  frame.end = std::max(frame.begin, frame.end);
  return frame;
}

}  // namespace

std::vector<RowFrame> frames_of(const SortedPartition& partition, const OverWindow& window) {
  const bool by_range = window.unit == plan::FrameUnit::range;
  const OrderedValues values =
      by_range && has_distance(window) ? values_of(partition, window) : OrderedValues();
  std::vector<RowFrame> frames;
  frames.reserve(partition.size());
  for (uint32_t row = 0; row < partition.size(); ++row) {
    frames.push_back(by_range ? range_around(row, partition, window, values)
                              : rows_around(row, partition.size(), window));
  }
  return frames;
}

}  // namespace millrace::exec
