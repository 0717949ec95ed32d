#pragma once

// The marks of a batch: met as its rows are gone through, and put among the rows of another.

#include <vector>

#include "column/batch.h"

namespace millrace::exec {

class MarkCursor {
 public:
  // `batch` outlives this, and keeps its marks.
  explicit MarkCursor(const Batch& batch) : next_(batch.marks.begin()), end_(batch.marks.end()) {}

  // Calls pass(watermark) for the marks ahead of a row that were not met before. Rows ascend.
  template <typename Pass>
  void pass_until(uint32_t row, Pass&& pass) {
    for (; next_ != end_ && next_->row <= row; ++next_) {
      pass(next_->watermark);
    }
  }
  // For those behind the last row.
  template <typename Pass>
  void pass_rest(Pass&& pass) {
    for (; next_ != end_; ++next_) {
      pass(next_->watermark);
    }
  }

 private:
  std::vector<Mark>::const_iterator next_;
  std::vector<Mark>::const_iterator end_;
};

// Behind the first `row` rows. Of several that stand there the last says it all.
inline void put_mark(std::vector<Mark>& marks, size_t row, Watermark now) {
  if (!marks.empty() && marks.back().row == row) {
    marks.back().watermark = now;
  } else {
    marks.push_back({static_cast<uint32_t>(row), now});
  }
}

}  // namespace millrace::exec
