#pragma once

// Up to kMaxRows rows travelling together through a pipeline, and the marks of time among them.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "column/column.h"
#include "column/row_kind.h"

namespace millrace {

// "No row with an event time at or below this follows." In milliseconds, as Flink's.
struct Watermark {
  int64_t ms = INT64_MIN;

  static constexpr Watermark none() { return {INT64_MIN}; }
  static constexpr Watermark end_of_input() { return {INT64_MAX}; }
  constexpr auto operator<=>(const Watermark&) const = default;
};

// Once physical rows [0, row) have been handled, the watermark is `watermark`. Marks are sorted by
// row and by watermark. This carries Flink's per-record rule for lateness at the cost of a batch.
struct Mark {
  uint32_t row = 0;
  Watermark watermark;
};

// Where the rows of a batch came from, for dead letters. Physical rows keep their number through
// filters and projections, so this stays right until an operator makes rows of its own.
struct Origins {
  std::string source;  // topic
  PartitionIndex partition;
  std::vector<int64_t> offsets;       // by physical row
  std::vector<std::string_view> raw;  // by physical row; kept alive by `owner`
  std::shared_ptr<const void> owner;
};

// The rows of a batch that count: all of them, or some by number, ascending.
class Rows {
 public:
  explicit Rows(size_t all) : size_(all) {}
  explicit Rows(std::span<const uint32_t> some) : chosen_(some.data()), size_(some.size()) {}

  size_t size() const { return size_; }
  bool all() const { return chosen_ == nullptr; }
  uint32_t operator[](size_t i) const {
    return chosen_ != nullptr ? chosen_[i] : static_cast<uint32_t>(i);
  }

 private:
  const uint32_t* chosen_ = nullptr;
  size_t size_;
};

// Calls f(row) for each row: a plain counted loop where all rows count.
template <typename F>
inline void for_each(const Rows& rows, F&& f) {
  const size_t size = rows.size();  // which the compiler could not know to stay while f writes
  if (rows.all()) {
    for (uint32_t row = 0; row < size; ++row) {
      f(row);
    }
  } else {
    for (size_t i = 0; i < size; ++i) {
      f(rows[i]);
    }
  }
}

struct Batch {
  static constexpr size_t kMaxRows = 2048;

  std::vector<Column> columns;  // each of physical_size rows
  uint32_t physical_size = 0;
  // Which physical rows count; null for all. Columns hold anything in the others.
  std::shared_ptr<const std::vector<uint32_t>> selection;
  std::vector<RowKind> kinds;  // by physical row; empty for "all inserts"
  std::vector<Mark> marks;
  std::shared_ptr<const Origins> origins;

  Rows rows() const { return selection ? Rows(*selection) : Rows(physical_size); }
  size_t size() const { return selection ? selection->size() : physical_size; }
  bool empty() const { return size() == 0; }
  bool insert_only() const { return kinds.empty(); }
  RowKind kind(uint32_t row) const { return kinds.empty() ? RowKind::insert : kinds[row]; }
  // The watermark after the whole batch, where the batch carries one.
  std::optional<Watermark> final_watermark() const;

  // The same rows without the ones that do not count: flat columns, marks and origins renumbered.
  Batch compacted() const;
};

}  // namespace millrace
