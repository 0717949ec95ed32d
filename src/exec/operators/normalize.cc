#include "exec/operators/normalize.h"

#include "exec/table_shapes.h"

namespace millrace::exec {

using state::RowRef;

Normalize::Normalize(const plan::Normalize& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      rows_(task_.state().rows("rows", types_of(node.inputs[0]->schema))),
      buffer_(&rows_.layout()),
      changes_(&rows_, RowChanges::Numbers::none) {
  rows_.for_each(
      [&](RowRef row) { by_key_.add(rows_.layout().hash(rows_.row(row), node_->key), row); });
}

void Normalize::push(Port, Batch batch, Output& out) {
  const Rows rows = batch.rows();
  buffer_.read(batch.columns, rows);
  std::vector<uint64_t> hashes(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    hashes[i] = rows_.layout().hash(buffer_[i], node_->key);
    by_key_.prefetch(hashes[i]);
  }
  for (size_t i = 0; i < rows.size(); ++i) {
    const RowKind kind = batch.kind(rows[i]);
    if (is_addition(kind)) {
      put(buffer_[i], hashes[i]);
    } else {
      remove(buffer_[i], hashes[i]);
    }
  }
  task_.counts().grouped += rows.size();
  changes_.send(out);
  for (const RowRef row : gone_) {
    rows_.remove(row);
  }
  gone_.clear();
  if (const auto now = batch.final_watermark()) {
    out.advance(*now);
  }
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
    changes_.add(RowKind::insert, added);
  } else if (!rows_.layout().equal(rows_.row(*known), row)) {
    const RowRef old = *known;
    *known = rows_.add(row);
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
    gone_.push_back(*known);
    by_key_.remove(known);
  }
}

}  // namespace millrace::exec
