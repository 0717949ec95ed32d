#include "exec/chosen_rows.h"

#include <algorithm>

namespace millrace::exec {

Batch chosen_rows(const Batch& batch, std::span<const uint32_t> rows) {
  Batch chosen;
  chosen.physical_size = static_cast<uint32_t>(rows.size());
  for (const Column& column : batch.columns) {
    chosen.columns.push_back(column.gather(rows));
  }
  if (!batch.kinds.empty()) {
    for (const uint32_t row : rows) {
      chosen.kinds.push_back(batch.kinds[row]);
    }
  }
  if (batch.origins) {
    auto origins = std::make_shared<Origins>(
        Origins{batch.origins->source, batch.origins->partition, {}, {}, batch.origins->owner});
    for (const uint32_t row : rows) {
      origins->offsets.push_back(batch.origins->offsets[row]);
      origins->raw.push_back(batch.origins->raw[row]);
    }
    chosen.origins = std::move(origins);
  }
  return chosen;
}

std::vector<Mark> moved_marks(std::span<const Mark> marks, std::span<const uint32_t> made_of) {
  std::vector<Mark> moved;
  moved.reserve(marks.size());
  uint32_t before = 0;  // of the rows made, those whose origin stands ahead of the mark
  for (const Mark& mark : marks) {
    while (before < made_of.size() && made_of[before] < mark.row) {
      ++before;
    }
    moved.push_back({before, mark.watermark});
  }
  return moved;
}

void send_in_batches(const Batch& batch, std::span<const uint32_t> made_of,
                     const std::function<Batch(size_t from, size_t size)>& make, Output& out) {
  auto mark = batch.marks.begin();
  for (size_t from = 0; from < made_of.size(); from += Batch::kMaxRows) {
    const size_t size = std::min(Batch::kMaxRows, made_of.size() - from);
    const auto chunk = made_of.subspan(from, size);
    Batch made = make(from, size);
    const bool last = from + size == made_of.size();
    const auto end = last ? batch.marks.end()
                          : std::find_if(mark, batch.marks.end(),
                                         [&](const Mark& m) { return m.row > chunk.back(); });
    made.marks = moved_marks({mark, end}, chunk);
    mark = end;
    out.push(std::move(made));
  }
  if (mark != batch.marks.end()) {
    out.advance(batch.marks.back().watermark);
  }
}

}  // namespace millrace::exec
