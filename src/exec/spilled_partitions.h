#pragma once

// The rows of a batch's OVER where they have no room in memory: partition by partition, each in the
// order of the window, sorted outside memory. One partition at a time is in it.

#include <span>
#include <string>
#include <vector>

#include "exec/operator.h"
#include "plan/nodes.h"
#include "state/ranked_rows.h"
#include "state/row_order.h"
#include "state/sorted_rows.h"

namespace millrace::exec {

class SpilledPartitions {
 public:
  // Sorts all rows of `from`, which have a space to go to and whose key is what the window is
  // partitioned by. Both outlive this.
  SpilledPartitions(const state::RankedRows& from, const plan::OverWindow& window);

  // The next partition's rows, in order, of rows(); none behind the last partition. Good until the
  // next call. Throws Error(invalid_argument) where they take more than the pipeline's state may.
  std::span<const state::RowRef> next();
  const state::RowStore& rows() const { return rows_; }
  // The partitions come in the same order after a restart: passes over the first ones.
  void skip(uint64_t partitions);

  size_t memory() const { return sorted_.memory() + rows_.memory(); }

 private:
  int compare(const char* a, const char* b) const;
  void check_room() const;

  const plan::OverWindow* window_;
  const state::RowLayout& layout_;
  state::RowOrder order_;
  state::SpillSpace* space_;
  state::SortedRows sorted_;
  const char* ahead_ = nullptr;  // the row behind the partition; null where there is none
  state::RowStore rows_;         // the partition's
  std::vector<state::RowRef> refs_;
};

}  // namespace millrace::exec
