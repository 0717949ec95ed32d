#include "exec/operators/window_changes.h"

#include "exec/same_values.h"

namespace millrace::exec {

std::vector<WindowChanges::Fate> WindowChanges::count(const Batch& batch,
                                                      std::span<const uint32_t> rows,
                                                      std::span<char* const> groups) const {
  std::vector<Fate> fates;
  for (size_t i = 0; i < rows.size(); ++i) {
    int64_t& counted = AggregateSlots::rows_of(groups[i]);
    const bool was_there = counted > 0;
    counted += is_addition(batch.kind(rows[i])) ? 1 : -1;
    const bool is_there = counted > 0;
    fates.push_back(was_there ? (is_there ? Fate::changed : Fate::gone)
                              : (is_there ? Fate::begun : Fate::absent));
  }
  return fates;
}

WindowChanges::Changes WindowChanges::add(const Batch& batch, std::span<const uint32_t> rows,
                                          std::span<char* const> groups) {
  const std::vector<Fate> fates = count(batch, rows, groups);
  const std::vector<Column> results = slots_->trace(groups, batch, rows, function::Sides::both);
  const std::vector<uint8_t> same = same_as_before(results, rows.size());
  Changes changes;
  std::vector<uint32_t> sides;  // 2 * i ahead of row i, 2 * i + 1 behind it
  std::vector<uint32_t> made_of;
  const auto send = [&](size_t side, RowKind kind) {
    sides.push_back(static_cast<uint32_t>(side));
    changes.of.push_back(static_cast<uint32_t>(side / 2));
    made_of.push_back(rows[side / 2]);
    changes.rows.kinds.push_back(kind);
  };
  for (size_t i = 0; i < rows.size(); ++i) {
    if (fates[i] == Fate::begun) {
      send(2 * i + 1, RowKind::insert);
    } else if (fates[i] == Fate::gone) {
      send(2 * i, RowKind::delete_);
    } else if (fates[i] == Fate::changed && same[i] == 0) {
      if (node_->changelog.update_before) {
        send(2 * i, RowKind::update_before);
      }
      send(2 * i + 1, RowKind::update_after);
    }
  }
  changes.rows.physical_size = static_cast<uint32_t>(sides.size());
  for (const size_t key : node_->keys) {
    changes.rows.columns.push_back(batch.columns[key].gather(made_of));
  }
  for (const Column& result : results) {
    changes.rows.columns.push_back(result.gather(sides));
  }
  return changes;
}

}  // namespace millrace::exec
