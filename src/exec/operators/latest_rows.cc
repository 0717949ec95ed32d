#include "exec/operators/latest_rows.h"

#include "base/check.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

using state::RowRef;

LatestRows::LatestRows(const plan::Resolve& node, const TaskContext& task)
    : task_(task),
      expiry_(task_, "expiry"),
      rows_(task_.state().ranked_rows(
          "rows", {.types = types_of(node.inputs[0]->schema), .key = node.key, .order = {}})),
      buffer_(&rows_.layout()),
      changes_(&rows_.rows(), RowChanges::Numbers::none) {
  check(!node.changelog.update_before, "a table that is written by its key takes no -U");
}

void LatestRows::push(Port, Batch batch, Output& out) {
  expiry_.drop_expired([this](uint32_t number) { rows_.drop(RowRef{number}); });
  const Rows rows = batch.rows();
  buffer_.read(batch.columns, rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    const RowKind kind = batch.kind(rows[i]);
    const uint64_t hash = rows_.hash(buffer_[i]);
    if (is_addition(kind)) {
      add(buffer_[i], hash);
    } else {
      take_back(buffer_[i], hash);
    }
  }
  task_.counts().grouped += rows.size();
  changes_.send(out);
  for (const RowRef row : gone_) {
    rows_.release(row);
  }
  gone_.clear();
  if (const auto now = batch.final_watermark()) {
    out.advance(*now);
  }
}

void LatestRows::add(const char* row, uint64_t hash) {
  state::RankedRows::Group* group = rows_.find(row, hash);
  const size_t count = group == nullptr ? 0 : group->rows.size();
  const state::RankedRows::Group& now = rows_.insert(group, count, row, hash);
  written(now);
  changes_.add(count > 0 ? RowKind::update_after : RowKind::insert, now.rows[count]);
}

void LatestRows::take_back(const char* row, uint64_t hash) {
  state::RankedRows::Group* group = rows_.find(row, hash);
  const size_t place = group == nullptr ? 0 : rows_.find_in(*group, row);
  // A change may take back a row that never came: Flink passes over it, too.
  if (group == nullptr || place == group->rows.size()) {
    return;
  }
  if (place + 1 == group->rows.size()) {
    const bool is_only = place == 0;
    changes_.add(is_only ? RowKind::delete_ : RowKind::update_after,
                 group->rows[is_only ? place : place - 1]);
  }
  written(*group);
  expiry_.gone(group->rows[place].number);
  gone_.push_back(rows_.take(group, place));
}

void LatestRows::written(const state::RankedRows::Group& group) {
  for (const RowRef row : group.rows) {
    expiry_.written(row.number);
  }
}

}  // namespace millrace::exec
