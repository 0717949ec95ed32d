#include "exec/operators/rank.h"

#include <algorithm>

#include "exec/mark_cursor.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

using state::RowRef;

// Of more rows than these a key is looked up: looking at each of a thousand took 10 microseconds of
// each row that came.
static constexpr size_t kLookedAt = 32;

static std::vector<size_t> row_key_of(const plan::Rank& node) {
  std::vector<size_t> key = node.replaces_by;
  key.insert(key.end(), node.partition_by.begin(), node.partition_by.end());
  std::sort(key.begin(), key.end());
  key.erase(std::unique(key.begin(), key.end()), key.end());
  return key;
}

Rank::Rank(const plan::Rank& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      end_(static_cast<size_t>(node.end)),
      cascades_(node.number || node.start > 1),
      keeps_all_(!node.inputs[0]->changelog.insert_only() && node.replaces_by.empty()),
      together_(together(node)),
      expiry_(task_, "expiry"),
      ranked_(task_.state().ranked_rows("rows", {.types = types_of(node.inputs[0]->schema),
                                                 .key = node.partition_by,
                                                 .order = order_of(node.order_by)})),
      row_key_(row_key_of(node)),
      indexes_keys_(!node.replaces_by.empty() && end_ > kLookedAt),
      buffer_(&ranked_.layout()),
      changes_(&ranked_.rows(),
               node.number ? RowChanges::Numbers::behind : RowChanges::Numbers::none) {
  if (indexes_keys_) {
    ranked_.rows().for_each(
        [&](RowRef row) { by_key_.add(key_hash(ranked_.rows().row(row)), row); });
    task_.state().count_beside("by_key", [this] { return by_key_.memory(); });
  }
}

void Rank::push(Port, Batch batch, Output& out) {
  expiry_.drop_expired([this](uint32_t number) { forget(RowRef{number}); });
  const Rows rows = batch.rows();
  buffer_.read(batch.columns, rows);
  std::vector<uint64_t> hashes(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    hashes[i] = ranked_.hash(buffer_[i]);
    ranked_.prefetch(hashes[i]);
  }
  MarkCursor marks(batch);
  for (size_t i = 0; i < rows.size(); ++i) {
    marks.pass_until(rows[i], [&](Watermark passed) { changes_.mark(passed); });
    const RowKind kind = batch.kind(rows[i]);
    if (is_addition(kind)) {
      add(buffer_[i], hashes[i]);
    } else if (node_->replaces_by.empty()) {
      take_back(buffer_[i], hashes[i]);
    }
  }
  marks.pass_rest([&](Watermark passed) { changes_.mark(passed); });
  task_.counts().grouped += rows.size();
  changes_.send(out);
  for (const RowRef row : gone_) {
    ranked_.release(row);
  }
  gone_.clear();
}

void Rank::add(const char* row, uint64_t hash) {
  Group* group = ranked_.find(row, hash);
  if (const auto was = group == nullptr ? std::nullopt : place_of_key(*group, row)) {
    return replace(*group, *was, row, hash);
  }
  const size_t place = group == nullptr ? 0 : ranked_.place_of(*group, row);
  if (!keeps_all_ && place >= end_) {
    return;
  }
  Group& now = insert(group, place, row, hash);
  written(now, place);
  if (place < end_) {
    send_shifted_down(now.rows, place);
  }
  if (!keeps_all_ && now.rows.size() > end_) {
    take(now, end_);
  }
}

void Rank::send_shifted_down(const std::vector<RowRef>& rows, size_t place) {
  const bool overflows = rows.size() > end_;
  if (!cascades_) {
    // Of rows that only come, the first one takes the other's place.
    const bool replaces = overflows && end_ == 1 && !keeps_all_;
    if (overflows) {
      change(replaces ? RowKind::update_before : RowKind::delete_, rows[end_], place);
    }
    change(replaces ? RowKind::update_after : RowKind::insert, rows[place], place);
    return;
  }
  const size_t last = std::min(rows.size(), end_) - 1;
  for (size_t at = place; at <= last; ++at) {
    // Before, the row now at at + 1 was here.
    if (at + 1 < rows.size()) {
      change(RowKind::update_before, rows[at + 1], at);
      change(RowKind::update_after, rows[at], at);
    } else {
      change(RowKind::insert, rows[at], at);
    }
  }
}

// --- Rows that take the place of others of their key ---

std::optional<size_t> Rank::place_of_key(const Group& group, const char* row) const {
  const std::vector<size_t>& key = node_->replaces_by;
  if (indexes_keys_) {
    const RowRef* known = by_key_.find(key_hash(row), [&](RowRef other) {
      return ranked_.layout().equal(ranked_.rows().row(other), row, row_key_);
    });
    return known == nullptr ? std::nullopt : std::optional(ranked_.find_in(group, *known));
  }
  for (size_t place = 0; !key.empty() && place < group.rows.size(); ++place) {
    if (ranked_.layout().equal(ranked_.rows().row(group.rows[place]), row, key)) {
      return place;
    }
  }
  return std::nullopt;
}

Rank::Group& Rank::insert(Group* group, size_t place, const char* row, uint64_t hash) {
  Group& now = ranked_.insert(group, place, row, hash);
  if (indexes_keys_) {
    by_key_.add(key_hash(row), now.rows[place]);
  }
  return now;
}

void Rank::unlist(RowRef row) {
  if (indexes_keys_) {
    by_key_.remove(by_key_.find(key_hash(ranked_.rows().row(row)),
                                [&](RowRef other) { return other == row; }));
  }
}

// One that has not moved stays ahead of its equals.
void Rank::replace(Group& group, size_t was, const char* row, uint64_t hash) {
  const RowRef old = group.rows[was];
  const size_t behind = ranked_.are_equal(old, row) ? was : ranked_.place_of(group, row);
  const size_t to = behind > was ? behind - 1 : behind;
  if (to > was) {  // an aggregation that has forgotten its group begins anew
    send_shifted_up(group.rows, was);
    take(group, was);
    return add(row, hash);
  }
  insert(&group, to, row, hash);
  written(group, to);
  take(group, was + 1);
  if (cascades_) {
    send_moved(group.rows, to, was, old);
  } else {
    change(RowKind::update_before, old, was);
    change(RowKind::update_after, group.rows[to], to);
  }
}

// As in Flink the row is taken back right ahead of its being sent at its new place.
void Rank::send_moved(const std::vector<RowRef>& rows, size_t to, size_t was, RowRef old) {
  for (size_t at = to; at <= was; ++at) {
    if (at < was) {
      change(RowKind::update_before, rows[at + 1], at);
    }
    if (at == to) {
      change(RowKind::update_before, old, was);
    }
    change(RowKind::update_after, rows[at], at);
  }
}

// --- Rows that go ---

void Rank::take_back(const char* row, uint64_t hash) {
  Group* group = ranked_.find(row, hash);
  const size_t place = group == nullptr ? 0 : ranked_.find_in(*group, row);
  // A change may take back a row that never came: Flink passes over it, too.
  if (group == nullptr || place == group->rows.size()) {
    return;
  }
  if (place < end_) {
    send_shifted_up(group->rows, place);
  }
  take(*group, place);
}

void Rank::send_shifted_up(const std::vector<RowRef>& rows, size_t place) {
  if (!cascades_) {
    change(RowKind::delete_, rows[place], place);
    if (rows.size() > end_) {
      change(RowKind::insert, rows[end_], end_);
    }
    return;
  }
  for (size_t at = place; at < std::min(rows.size(), end_); ++at) {
    if (at + 1 < rows.size()) {
      change(RowKind::update_before, rows[at], at);
      change(RowKind::update_after, rows[at + 1], at);
    } else {
      change(RowKind::delete_, rows[at], at);
    }
  }
}

// `place` counts from 0.
void Rank::change(RowKind kind, RowRef row, size_t place) {
  const auto number = static_cast<int64_t>(place) + 1;
  if (cascades_ && number < node_->start) {
    return;
  }
  if (kind != RowKind::update_before || node_->changelog.update_before) {
    changes_.add(kind, row, number);
  }
}

// --- Rows that expire ---

Rank::Together Rank::together(const plan::Rank& node) {
  const plan::Node& input = *node.inputs[0];
  if (!node.replaces_by.empty()) {
    return Together::row;
  }
  const bool by_arrival = node.order_by.size() == 1 && !node.order_by.front().descending &&
                          input.proctime == node.order_by.front().column;
  return by_arrival && input.changelog.insert_only() ? Together::partition : Together::equals;
}

bool Rank::go_together(const Group& group, size_t a, size_t b) const {
  switch (together_) {
    case Together::row: return a == b;
    case Together::equals:
      return ranked_.are_equal(group.rows[a], ranked_.rows().row(group.rows[b]));
    case Together::partition: break;
  }
  return true;
}

size_t Rank::first_together(const Group& group, size_t place) const {
  switch (together_) {
    case Together::row: return place;
    case Together::equals: return ranked_.first_equal(group, ranked_.rows().row(group.rows[place]));
    case Together::partition: break;
  }
  return 0;
}

void Rank::written(const Group& group, size_t place) {
  if (expiry_.is_on()) {
    expiry_.written(group.rows[first_together(group, place)].number);
  }
}

// The others that expire with the row count as written.
void Rank::take(Group& group, size_t place) {
  std::optional<size_t> other;  // once the row is gone
  if (expiry_.is_on()) {
    expiry_.gone(group.rows[place].number);
    if (place > 0 && go_together(group, place - 1, place)) {
      other = place - 1;
    } else if (place + 1 < group.rows.size() && go_together(group, place, place + 1)) {
      other = place;
    }
  }
  unlist(group.rows[place]);
  gone_.push_back(ranked_.take(&group, place));
  if (other) {
    written(group, *other);
  }
}

void Rank::forget(RowRef row) {
  const char* bytes = ranked_.rows().row(row);
  const Group& group = *ranked_.find(bytes, ranked_.hash(bytes));
  const size_t place = ranked_.find_in(group, row);
  std::vector<RowRef> expired;
  for (size_t at = first_together(group, place);
       at < group.rows.size() && go_together(group, place, at); ++at) {
    expired.push_back(group.rows[at]);
  }
  for (const RowRef each : expired) {
    expiry_.gone(each.number);
    unlist(each);
    ranked_.drop(each);
  }
}

}  // namespace millrace::exec
