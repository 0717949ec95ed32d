#include "exec/operators/deduplicate.h"

#include <algorithm>

#include "exec/event_time.h"
#include "exec/mark_cursor.h"
#include "exec/operators/rank.h"
#include "exec/rejecting.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

using plan::Deduplication;
using state::RowRef;

namespace {

std::vector<size_t> all_columns(size_t count) {
  std::vector<size_t> columns(count);
  for (size_t i = 0; i < count; ++i) {
    columns[i] = i;
  }
  return columns;
}

}  // namespace

// --- The first by event time ---

KeepFirstInTime::KeepFirstInTime(const plan::Rank& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      waiting_(task_.state().waiting_rows("waiting", types_of(node.inputs[0]->schema))),
      known_(task_.state().rows("keys", types_of(node.inputs[0]->schema, node.partition_by))),
      expiry_(task_, "expiry"),
      known_key_(all_columns(node.partition_by.size())),
      watermark_(task_.state().numbers("watermark")),
      buffer_(&waiting_.layout()),
      left_(&waiting_.rows(), RowChanges::Numbers::none) {
  known_.for_each([&](RowRef key) {
    known_by_key_.add(known_.layout().hash(known_.row(key), known_key_), key);
  });
  task_.state().count_beside("by_key", [this] { return known_by_key_.memory(); });
}

bool KeepFirstInTime::is_known(const char* row, uint64_t hash) const {
  return known_by_key_.find(hash, [&](RowRef key) {
    return state::equal_keys(known_.layout(), known_.row(key), known_key_, waiting_.layout(), row,
                             node_->partition_by);
  }) != nullptr;
}

void KeepFirstInTime::drop_expired() {
  expiry_.drop_expired([this](uint32_t number) { forget(RowRef{number}); });
}

void KeepFirstInTime::push(Port, Batch batch, Output& out) {
  drop_expired();
  const Rows rows = batch.rows();
  buffer_.read(batch.columns, rows);
  const EventTimes times(batch.columns[node_->order_by.front().column]);
  MarkCursor marks(batch);
  for (size_t i = 0; i < rows.size(); ++i) {
    marks.pass_until(rows[i], [&](Watermark passed) { rise(passed, out); });
    const Watermark now = watermark_.get();
    if (times.is_null(rows[i])) {
      out.reject(batch, rows[i], "the event time is NULL");
    } else if (const int64_t ms = times.ms(rows[i]); ms < now.ms) {
      out.late(batch, rows[i], now);
    } else {
      ++task_.counts().grouped;
      const uint64_t hash = waiting_.layout().hash(buffer_[i], node_->partition_by);
      if (!is_known(buffer_[i], hash)) {
        waiting_.add(ms, buffer_[i]);
      }
    }
  }
  marks.pass_rest([&](Watermark passed) { rise(passed, out); });
  send(out);
}

void KeepFirstInTime::advance(Port, Watermark now, Output& out) {
  drop_expired();
  rise(now, out);
  send(out);
  out.advance(watermark_.get());
}

void KeepFirstInTime::rise(Watermark now, Output& out) {
  if (now <= watermark_.get()) {
    return;
  }
  watermark_.set(now);
  while (true) {
    const std::vector<state::Due> due = waiting_.take_until(now.ms, Batch::kMaxRows);
    if (due.empty()) {
      break;
    }
    leave(due);
    due_.insert(due_.end(), due.begin(), due.end());
    if (due_.size() >= Batch::kMaxRows) {
      send(out);
    }
  }
  left_.mark(now);
}

void KeepFirstInTime::leave(std::span<const state::Due> due) {
  for (const state::Due& row : due) {
    const char* bytes = waiting_.rows().row(row.row);
    const uint64_t hash = waiting_.layout().hash(bytes, node_->partition_by);
    if (is_known(bytes, hash)) {
      continue;
    }
    left_.add(RowKind::insert, row.row);
    // Only one row leaves a key, so its key is written down once.
    Batch key;
    key.columns = waiting_.rows().gather(std::span(&row.row, 1), node_->partition_by);
    state::RowBuffer written(&known_.layout());
    written.read(key.columns, Rows(1));
    const RowRef added = known_.add(written[0]);
    known_by_key_.add(hash, added);
    expiry_.written(added.number);
  }
}

void KeepFirstInTime::forget(RowRef key) {
  const uint64_t hash = known_.layout().hash(known_.row(key), known_key_);
  known_by_key_.remove(known_by_key_.find(hash, [&](RowRef other) { return other == key; }));
  known_.remove(key);
}

void KeepFirstInTime::send(Output& out) {
  left_.send(out);
  waiting_.release(due_);
  due_.clear();
}

// --- The others ---

Deduplicate::Deduplicate(const plan::Rank& node, const Deduplication& what, const TaskContext& task)
    : node_(&node),
      task_(task),
      what_(what),
      expiry_(task_, "expiry"),
      rows_(task_.state().rows("rows", types_of(node.inputs[0]->schema))),
      by_time_(rows_.layout(), what.rowtime ? std::vector<state::OrderColumn>{{*what.rowtime}}
                                            : std::vector<state::OrderColumn>{}),
      buffer_(&rows_.layout()),
      changes_(&rows_, RowChanges::Numbers::none) {
  for (size_t i = 0; i < rows_.layout().columns(); ++i) {
    if (node.inputs[0]->proctime != i) {
      compared_.push_back(i);
    }
  }
  rows_.for_each([&](RowRef row) {
    by_key_.add(rows_.layout().hash(rows_.row(row), node_->partition_by), row);
  });
  task_.state().count_beside("by_key", [this] { return by_key_.memory(); });
}

void Deduplicate::push(Port, Batch batch, Output& out) {
  if (what_.rowtime) {
    reject_null(batch, *what_.rowtime, "the event time is NULL", out);
  }
  expiry_.drop_expired([this](uint32_t number) { forget(RowRef{number}); });
  const Rows rows = batch.rows();
  buffer_.read(batch.columns, rows);
  std::vector<uint64_t> hashes(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    hashes[i] = rows_.layout().hash(buffer_[i], node_->partition_by);
    by_key_.prefetch(hashes[i]);
  }
  MarkCursor marks(batch);
  for (size_t i = 0; i < rows.size(); ++i) {
    marks.pass_until(rows[i], [&](Watermark passed) { changes_.mark(passed); });
    take(buffer_[i], hashes[i]);
  }
  marks.pass_rest([&](Watermark passed) { changes_.mark(passed); });
  task_.counts().grouped += rows.size();
  changes_.send(out);
  for (const RowRef row : gone_) {
    rows_.remove(row);
  }
  gone_.clear();
}

void Deduplicate::take(const char* row, uint64_t hash) {
  RowRef* known = by_key_.find(hash, [&](RowRef other) {
    return rows_.layout().equal(rows_.row(other), row, node_->partition_by);
  });
  if (known == nullptr) {
    const RowRef added = rows_.add(row);
    by_key_.add(hash, added);
    expiry_.written(added.number);
    changes_.add(RowKind::insert, added);
  } else if (replaces(rows_.row(*known), row)) {
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

void Deduplicate::forget(RowRef row) {
  const uint64_t hash = rows_.layout().hash(rows_.row(row), node_->partition_by);
  by_key_.remove(by_key_.find(hash, [&](RowRef other) { return other == row; }));
  rows_.remove(row);
}

bool Deduplicate::replaces(const char* old, const char* row) const {
  if (what_.kept == Deduplication::Kept::first) {
    return false;
  }
  // By arrival, a row that changes nothing sends nothing, unless it must keep something alive; by
  // event time it does, as in Flink.
  return what_.rowtime ? by_time_.compare(old, row) <= 0
                       : expiry_.is_on() || !rows_.layout().equal(old, row, compared_);
}

std::unique_ptr<Operator> make_rank(const plan::Rank& node, const TaskContext& task) {
  const auto deduplication = plan::as_deduplication(node);
  if (!deduplication) {
    return std::make_unique<Rank>(node, task);
  }
  if (deduplication->rowtime && deduplication->kept == Deduplication::Kept::first) {
    return std::make_unique<KeepFirstInTime>(node, task);
  }
  return std::make_unique<Deduplicate>(node, *deduplication, task);
}

}  // namespace millrace::exec
