#include "exec/row_changes.h"

#include <algorithm>

#include "exec/mark_cursor.h"

namespace millrace::exec {

void RowChanges::mark(Watermark now) { put_mark(marks_, size(), now); }

void RowChanges::send(Output& out) {
  if (kinds_.empty() && !marks_.empty()) {
    out.advance(marks_.back().watermark);
  }
  for (size_t from = 0; from < size(); from += Batch::kMaxRows) {
    send(from, std::min(Batch::kMaxRows, size() - from), out);
  }
  kinds_.clear();
  rows_of_.clear();
  numbers_of_.clear();
  marks_.clear();
}

void RowChanges::send(size_t from, size_t count, Output& out) const {
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(count);
  batch.columns = rows_->gather(std::span(rows_of_).subspan(from, count));
  if (numbers_ == Numbers::behind) {
    FlatBuffer<int64_t> numbers(count);
    std::copy_n(numbers_of_.begin() + static_cast<ptrdiff_t>(from), count, numbers.data());
    batch.columns.push_back(numbers.finish(Type::of(TypeKind::bigint, false)));
  }
  const auto kinds = std::span(kinds_).subspan(from, count);
  if (std::any_of(kinds.begin(), kinds.end(), [](RowKind k) { return k != RowKind::insert; })) {
    batch.kinds.assign(kinds.begin(), kinds.end());
  }
  for (const Mark& mark : marks_) {
    if (mark.row <= from + count && (mark.row > from || from == 0)) {
      batch.marks.push_back({static_cast<uint32_t>(mark.row - from), mark.watermark});
    }
  }
  out.push(std::move(batch));
}

}  // namespace millrace::exec
