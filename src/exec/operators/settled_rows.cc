#include "exec/operators/settled_rows.h"

#include <algorithm>
#include <numeric>

#include "base/error.h"
#include "exec/mark_cursor.h"
#include "exec/table_shapes.h"
#include "function/evaluate.h"

namespace millrace::exec {

using state::RowRef;

SettledRows::SettledRows(const plan::Resolve& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      rows_(task_.state().rows("settled", types_of(node.inputs[0]->schema))),
      waiting_(task_.state().rows("waiting", types_of(node.inputs[0]->schema))),
      watermark_(task_.state().numbers("watermark")),
      all_columns_(rows_.layout().columns()),
      buffer_(&rows_.layout()),
      changes_(&rows_, RowChanges::Numbers::none) {
  std::iota(all_columns_.begin(), all_columns_.end(), size_t{0});
  rows_.for_each(
      [&](RowRef row) { by_key_.add(rows_.layout().hash(rows_.row(row), node_->key), row); });
  task_.state().count_beside("by_key", [this] { return by_key_.memory(); });
}

void SettledRows::push(Port, Batch batch, Output& out) {
  const Rows rows = batch.rows();
  buffer_.read(batch.columns, rows);
  MarkCursor marks(batch);
  for (size_t i = 0; i < rows.size(); ++i) {
    marks.pass_until(rows[i], [&](Watermark passed) { rise(passed); });
    const RowRef change = waiting_.add(buffer_[i]);
    waiting_.set_marked(change, !is_addition(batch.kind(rows[i])));
  }
  marks.pass_rest([&](Watermark passed) { rise(passed); });
  task_.counts().grouped += rows.size();
  send(out);
}

void SettledRows::advance(Port, Watermark now, Output& out) {
  rise(now);
  send(out);
}

std::optional<int64_t> SettledRows::waits_for() const {
  const bool waits = waiting_.size() > 0 && watermark_.get() > Watermark::none();
  return waits ? std::optional(watermark_.get().ms + 1) : std::nullopt;
}

void SettledRows::send(Output& out) {
  changes_.send(out);
  for (const RowRef row : gone_) {
    rows_.remove(row);
  }
  gone_.clear();
}

void SettledRows::rise(Watermark now) {
  if (now <= watermark_.get()) {
    return;
  }
  watermark_.set(now);
  for (Changes& changes : waiting_by_key()) {
    settle(std::move(changes));
  }
  // All of them at once: those that come next are numbered in the order of their coming again.
  waiting_.for_each([&](RowRef change) { waiting_.remove(change); });
  changes_.mark(now);
}

std::vector<SettledRows::Changes> SettledRows::waiting_by_key() const {
  std::vector<Changes> groups;
  state::RowIndex by_key;  // numbers of groups
  waiting_.for_each([&](RowRef change) {
    const char* row = waiting_.row(change);
    const uint64_t hash = waiting_.layout().hash(row, node_->key);
    RowRef* group = by_key.find(hash, [&](RowRef other) {
      const char* first = waiting_.row(groups[other.number].front());
      return waiting_.layout().equal(first, row, node_->key);
    });
    if (group == nullptr) {
      by_key.add(hash, RowRef{static_cast<uint32_t>(groups.size())});
      groups.push_back({change});
    } else {
      groups[group->number].push_back(change);
    }
  });
  return groups;
}

namespace {

// Places of rows in a list, found by some of the rows' columns: a key may have very many changes
// between two watermarks.
class Places {
 public:
  // Of equal rows, in the order in which they were added.
  struct Queue {
    const char* row;
    std::vector<size_t> places = {};
    size_t next = 0;

    bool empty() const { return next == places.size(); }
    size_t front() const { return places[next]; }
    size_t pop() { return places[next++]; }
  };

  // Both outlive this.
  Places(const state::RowLayout& layout, const std::vector<size_t>& columns)
      : layout_(layout), columns_(columns) {}

  // Of the rows equal to this one. Good until the next call.
  Queue& at(const char* row) {
    const uint64_t hash = layout_.hash(row, columns_);
    const RowRef* found = by_row_.find(hash, [&](RowRef other) {
      return layout_.equal(queues_[other.number].row, row, columns_);
    });
    if (found != nullptr) {
      return queues_[found->number];
    }
    by_row_.add(hash, RowRef{static_cast<uint32_t>(queues_.size())});
    return queues_.emplace_back(Queue{row});
  }

 private:
  const state::RowLayout& layout_;
  const std::vector<size_t>& columns_;
  std::vector<Queue> queues_;
  state::RowIndex by_row_;  // numbers of queues
};

}  // namespace

// A row that comes and goes, and one that goes and comes. What is left of equal ones either all
// came or all went.
void SettledRows::cancel(Changes& changes) const {
  if (changes.size() < 2) {
    return;
  }
  Places left(waiting_.layout(), all_columns_);
  std::vector<bool> cancelled(changes.size());
  for (size_t i = 0; i < changes.size(); ++i) {
    Places::Queue& equal = left.at(waiting_.row(changes[i]));
    const bool is_opposite = !equal.empty() && waiting_.is_marked(changes[equal.front()]) !=
                                                   waiting_.is_marked(changes[i]);
    if (is_opposite) {
      cancelled[equal.pop()] = cancelled[i] = true;
    } else {
      equal.places.push_back(i);
    }
  }
  Changes kept;
  for (size_t i = 0; i < changes.size(); ++i) {
    if (!cancelled[i]) {
      kept.push_back(changes[i]);
    }
  }
  changes = std::move(kept);
}

void SettledRows::apply(const Changes& changes, std::vector<const char*>& rows) const {
  const bool has_key = !node_->row_key.empty();
  Places places(rows_.layout(), has_key ? node_->row_key : all_columns_);
  for (size_t place = 0; place < rows.size(); ++place) {
    places.at(rows[place]).places.push_back(place);
  }
  for (const RowRef change : changes) {
    const char* row = waiting_.row(change);
    Places::Queue& same = places.at(row);
    if (waiting_.is_marked(change)) {
      // One that was not taken may go.
      if (!same.empty()) {
        rows[same.pop()] = nullptr;
      }
    } else if (same.empty() || !has_key) {
      same.places.push_back(rows.size());
      rows.push_back(row);
    } else {
      rows[same.front()] = row;
    }
  }
  std::erase(rows, nullptr);
}

RowRef* SettledRows::find_known(const char* row, uint64_t hash) {
  return by_key_.find(
      hash, [&](RowRef other) { return rows_.layout().equal(rows_.row(other), row, node_->key); });
}

void SettledRows::settle(Changes changes) {
  const RowRef first = changes.front();
  const uint64_t hash = waiting_.layout().hash(waiting_.row(first), node_->key);
  RowRef* known = find_known(waiting_.row(first), hash);
  std::vector<const char*> rows;
  if (known != nullptr) {
    rows.push_back(rows_.row(*known));
  }
  cancel(changes);
  apply(changes, rows);
  if (rows.size() > 1 && node_->on_conflict == plan::OnConflict::error) {
    fail(first);
  }
  if (rows.empty() && known != nullptr) {
    changes_.add(RowKind::delete_, *known);
    gone_.push_back(*known);
    by_key_.remove(known);
  } else if (!rows.empty() && known == nullptr) {
    const RowRef added = rows_.add(rows.front());
    by_key_.add(hash, added);
    changes_.add(RowKind::insert, added);
  } else if (rows.size() == 1 && !rows_.layout().equal(rows_.row(*known), rows.front())) {
    gone_.push_back(*known);
    *known = rows_.add(rows.front());
    changes_.add(RowKind::update_after, *known);
  }
}

void SettledRows::fail(RowRef change) const {
  const std::vector<Column> values = waiting_.gather(std::span(&change, 1), node_->key);
  std::string key;
  for (size_t i = 0; i < values.size(); ++i) {
    key += (i == 0 ? "" : ", ") + node_->schema[node_->key[i]].name + "=" +
           (values[i].is_null(0) ? "null" : function::to_text(values[i], 0));
  }
  throw Error(ErrorCode::invalid_argument,
              "Primary key constraint violation: multiple distinct records with the same primary "
              "key detected. Conflicting key: [" +
                  key + "]. Use ON CONFLICT DO NOTHING to keep the first record.",
              node_->position);
}

}  // namespace millrace::exec
