#include "exec/spilled_partitions.h"

#include "base/error.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

using state::RowRef;

SpilledPartitions::SpilledPartitions(const state::RankedRows& from, const plan::OverWindow& window)
    : window_(&window),
      layout_(from.layout()),
      order_(layout_, order_of(window.order_by)),
      space_(from.rows().space()),
      sorted_(
          layout_.types(), [this](const char* a, const char* b) { return compare(a, b); }, space_),
      rows_(layout_.types()) {
  size_t read = 0;
  from.rows().for_each([&](RowRef row) {
    sorted_.add(from.rows().row(row));
    if (++read % Batch::kMaxRows == 0) {
      from.rows().let_read_rows_go();
    }
  });
  ahead_ = sorted_.next();
}

int SpilledPartitions::compare(const char* a, const char* b) const {
  const int compared = layout_.compare(a, b, window_->partition_by);
  return compared != 0 ? compared : order_.compare(a, b);
}

std::span<const RowRef> SpilledPartitions::next() {
  for (const RowRef row : refs_) {
    rows_.remove(row);
  }
  refs_.clear();
  while (ahead_ != nullptr && (refs_.empty() || layout_.equal(rows_.row(refs_.front()), ahead_,
                                                              window_->partition_by))) {
    refs_.push_back(rows_.add(ahead_));
    check_room();
    ahead_ = sorted_.next();
  }
  return refs_;
}

void SpilledPartitions::check_room() const {
  const size_t most = space_->most_memory();
  if (rows_.memory() > most) {
    throw Error(ErrorCode::invalid_argument,
                "the rows of one partition of OVER, " + std::to_string(refs_.size()) +
                    " so far, take " + std::to_string(rows_.memory()) +
                    " bytes in memory, more than the " + std::to_string(most) +
                    " that the pipeline's state may have: SET 'millrace.state.memory' to more, or "
                    "PARTITION BY more columns");
  }
}

void SpilledPartitions::skip(uint64_t partitions) {
  for (; partitions > 0; --partitions) {
    next();
  }
}

}  // namespace millrace::exec
