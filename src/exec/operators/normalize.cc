#include "exec/operators/normalize.h"

#include "exec/mark_cursor.h"
#include "exec/table_shapes.h"
#include "function/evaluate.h"
#include "function/repeated_parts.h"

namespace millrace::exec {

using state::RowRef;

Normalize::Normalize(const plan::Normalize& node, const TaskContext& task)
    : node_(&node),
      condition_(node.condition ? function::with_common_parts({*node.condition})
                                : std::vector<function::Expression>()),
      task_(task),
      expiry_(task_, "expiry"),
      rows_(task_.state().rows("rows", types_of(node.inputs[0]->schema))),
      buffer_(&rows_.layout()),
      changes_(&rows_, RowChanges::Numbers::none) {
  rows_.for_each(
      [&](RowRef row) { by_key_.add(rows_.layout().hash(rows_.row(row), node_->key), row); });
  task_.state().count_beside("by_key", [this] { return by_key_.memory(); });
}

void Normalize::push(Port, Batch batch, Output& out) {
  expiry_.drop_expired([this](uint32_t number) { forget(RowRef{number}); });
  const Selection stay = staying(batch, out);
  const Rows rows = batch.rows();
  buffer_.read(batch.columns, rows);
  std::vector<uint64_t> hashes(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    hashes[i] = rows_.layout().hash(buffer_[i], node_->key);
    by_key_.prefetch(hashes[i]);
  }
  MarkCursor marks(batch);
  auto next = stay.begin();
  for (size_t i = 0; i < rows.size(); ++i) {
    marks.pass_until(rows[i], [&](Watermark passed) { changes_.mark(passed); });
    if (next != stay.end() && *next == rows[i]) {
      put(buffer_[i], hashes[i]);
      ++next;
    } else {
      remove(buffer_[i], hashes[i]);
    }
  }
  marks.pass_rest([&](Watermark passed) { changes_.mark(passed); });
  task_.counts().grouped += rows.size();
  changes_.send(out);
  for (const RowRef row : gone_) {
    rows_.remove(row);
  }
  gone_.clear();
}

// The additions for which the condition holds. Those of which it cannot be computed leave the
// batch.
Selection Normalize::staying(Batch& batch, Output& out) const {
  Selection additions;
  for_each(batch.rows(), [&](uint32_t row) {
    if (is_addition(batch.kind(row))) {
      additions.push_back(row);
    }
  });
  if (condition_.empty()) {
    return additions;
  }
  function::EvaluationContext context = task_.evaluation();
  Selection stay = function::select_true(condition_.front(), batch, Rows(additions), context);
  reject_failed(batch, context, out);
  return stay;
}

RowRef* Normalize::find(const char* row, uint64_t hash) {
  return by_key_.find(
      hash, [&](RowRef other) { return rows_.layout().equal(rows_.row(other), row, node_->key); });
}

void Normalize::put(const char* row, uint64_t hash) {
  RowRef* known = find(row, hash);
  if (known == nullptr) {
    const RowRef added = rows_.add(row);
    by_key_.add(hash, added);
    expiry_.written(added.number);
    changes_.add(RowKind::insert, added);
  } else if (expiry_.is_on() || !rows_.layout().equal(rows_.row(*known), row)) {
    const RowRef old = *known;
    *known = rows_.add(row);
    expiry_.gone(old.number);
    expiry_.written(known->number);
    gone_.push_back(old);
    if (node_->changelog.update_before) {
      changes_.add(RowKind::update_before, old);
    }
    changes_.add(RowKind::update_after, *known);
  }
}

void Normalize::remove(const char* row, uint64_t hash) {
  const RowRef* known = find(row, hash);
  if (known != nullptr) {
    changes_.add(RowKind::delete_, *known);
    expiry_.gone(known->number);
    gone_.push_back(*known);
    by_key_.remove(known);
  }
}

void Normalize::forget(RowRef row) {
  const uint64_t hash = rows_.layout().hash(rows_.row(row), node_->key);
  by_key_.remove(by_key_.find(hash, [&](RowRef other) { return other == row; }));
  rows_.remove(row);
}

}  // namespace millrace::exec
