#include "exec/waiting_changes.h"

#include <algorithm>

#include "column/builder.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

using state::Due;
using state::RowRef;

static std::vector<Type> types_kept(const plan::Node& input, bool changes) {
  std::vector<Type> types = types_of(input.schema);
  if (changes) {
    types.push_back(Type::of(TypeKind::tinyint));
    types.push_back(Type::of(TypeKind::bigint));
  }
  return types;
}

WaitingChanges::WaitingChanges(const plan::Node& input, const TaskContext& task,
                               std::string_view name)
    : changes_(!input.changelog.insert_only()),
      width_(input.schema.size()),
      waiting_(task.state().waiting_rows(name, types_kept(input, changes_))),
      buffer_(&waiting_.layout()) {
  if (changes_) {
    waiting_.rows().for_each(
        [&](RowRef row) { next_number_ = std::max(next_number_, number(row) + 1); });
  }
}

void WaitingChanges::read(const Batch& batch) {
  if (!changes_) {
    buffer_.read(batch.columns, batch.rows());
    return;
  }
  FlatBuffer<int8_t> kinds(batch.physical_size);
  FlatBuffer<int64_t> numbers(batch.physical_size);
  for (uint32_t row = 0; row < batch.physical_size; ++row) {
    kinds[row] = static_cast<int8_t>(batch.kind(row));
    numbers[row] = next_number_++;
  }
  std::vector<Column> columns = batch.columns;
  columns.push_back(kinds.finish(Type::of(TypeKind::tinyint)));
  columns.push_back(numbers.finish(Type::of(TypeKind::bigint)));
  buffer_.read(columns, batch.rows());
}

void WaitingChanges::add(int64_t ms, size_t i) { waiting_.add(ms, buffer_[i]); }

std::vector<Due> WaitingChanges::take_until(int64_t ms) {
  if (!changes_) {
    return waiting_.take_until(ms, Batch::kMaxRows);
  }
  if (taken_.empty()) {
    taken_ = in_order_until(ms);
  }
  const auto end =
      taken_.begin() + static_cast<ptrdiff_t>(std::min<size_t>(taken_.size(), Batch::kMaxRows));
  std::vector<Due> next(taken_.begin(), end);
  taken_.erase(taken_.begin(), end);
  return next;
}

// Their numbers lie in the rows, for they hold over restarts.
std::deque<Due> WaitingChanges::in_order_until(int64_t ms) {
  std::deque<Due> taken;
  for (auto part = waiting_.take_until(ms, Batch::kMaxRows); !part.empty();
       part = waiting_.take_until(ms, Batch::kMaxRows)) {
    for (const Due& due : part) {
      taken.push_back({due.ms, static_cast<uint64_t>(number(due.row)), due.row});
    }
    rows().let_read_rows_go();
  }
  std::sort(taken.begin(), taken.end(),
            [](const Due& a, const Due& b) { return a.number < b.number; });
  return taken;
}

RowKind WaitingChanges::kind(RowRef row) const {
  return changes_ ? static_cast<RowKind>(layout().value<int8_t>(rows().row(row), width_))
                  : RowKind::insert;
}

int64_t WaitingChanges::number(RowRef row) const {
  return layout().value<int64_t>(rows().row(row), width_ + 1);
}

}  // namespace millrace::exec
