#pragma once

// The changes that an operator makes of the rows it keeps, and the watermarks among them, gathered
// into batches.

#include <cstdint>
#include <vector>

#include "column/batch.h"
#include "exec/operator.h"
#include "state/row_store.h"

namespace millrace::exec {

class RowChanges {
 public:
  // Rows of `rows`, which outlives this; a change's number becomes a column behind theirs where
  // `numbered`.
  enum class Numbers : uint8_t { none, behind };
  RowChanges(const state::RowStore* rows, Numbers numbers) : rows_(rows), numbers_(numbers) {}

  void add(RowKind kind, state::RowRef row, int64_t number = 0) {
    kinds_.push_back(kind);
    rows_of_.push_back(row);
    numbers_of_.push_back(number);
  }
  // The watermark rises behind what was added so far.
  void mark(Watermark now);
  size_t size() const { return kinds_.size(); }

  // Sends what was added. Inserts alone go without kinds.
  void send(Output& out);

 private:
  void send(size_t from, size_t count, Output& out) const;

  const state::RowStore* rows_;
  Numbers numbers_;
  std::vector<RowKind> kinds_;
  std::vector<state::RowRef> rows_of_;
  std::vector<int64_t> numbers_of_;
  std::vector<Mark> marks_;
};

}  // namespace millrace::exec
