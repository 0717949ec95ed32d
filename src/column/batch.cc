#include "column/batch.h"

namespace millrace {

std::optional<Watermark> Batch::final_watermark() const {
  if (marks.empty()) {
    return std::nullopt;
  }
  return marks.back().watermark;
}

Batch Batch::compacted() const {
  if (!selection) {
    return *this;
  }
  const std::vector<uint32_t>& chosen = *selection;
  Batch dense;
  dense.physical_size = static_cast<uint32_t>(chosen.size());
  for (const Column& column : columns) {
    dense.columns.push_back(column.gather(chosen));
  }
  if (!kinds.empty()) {
    for (const uint32_t row : chosen) {
      dense.kinds.push_back(kinds[row]);
    }
  }
  size_t kept = 0;
  for (const Mark& mark : marks) {
    while (kept < chosen.size() && chosen[kept] < mark.row) {
      ++kept;
    }
    dense.marks.push_back({static_cast<uint32_t>(kept), mark.watermark});
  }
  if (origins) {
    auto moved = std::make_shared<Origins>(
        Origins{origins->source, origins->partition, {}, {}, origins->owner});
    for (const uint32_t row : chosen) {
      moved->offsets.push_back(origins->offsets[row]);
      moved->raw.push_back(origins->raw[row]);
    }
    dense.origins = std::move(moved);
  }
  return dense;
}

}  // namespace millrace
