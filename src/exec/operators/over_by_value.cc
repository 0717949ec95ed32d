#include "exec/operators/over_by_value.h"

#include <algorithm>
#include <numeric>

#include "column/nested.h"
#include "exec/same_values.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

using state::RowRef;

OverByValue::OverByValue(const plan::OverAggregate& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      calls_(node.calls, AggregateSlots::TakenBack::never),
      ranked_(task_.state().ranked_rows("rows", {.types = types_of(node.inputs[0]->schema),
                                                 .key = node.window.partition_by,
                                                 .order = order_of(node.window.order_by)})),
      buffer_(&ranked_.layout()) {}

void OverByValue::push(Port, Batch batch, Output& out) {
  const Rows rows = batch.rows();
  buffer_.read(batch.columns, rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    const RowKind kind = batch.kind(rows[i]);
    const uint64_t hash = ranked_.hash(buffer_[i]);
    if (kind == RowKind::insert || kind == RowKind::update_after) {
      add(kind, buffer_[i], hash, out);
    } else {
      take_back(buffer_[i], hash, out);
    }
  }
  task_.counts().grouped += rows.size();
  if (const auto now = batch.final_watermark()) {
    out.advance(*now);
  }
}

// --- The results of a key ---

size_t OverByValue::first_peer(const std::vector<RowRef>& rows, size_t at) const {
  while (at > 0 && ranked_.are_equal(rows[at - 1], ranked_.rows().row(rows[at]))) {
    --at;
  }
  return at;
}

size_t OverByValue::last_peer(const std::vector<RowRef>& rows, size_t at) const {
  while (at + 1 < rows.size() && ranked_.are_equal(rows[at + 1], ranked_.rows().row(rows[at]))) {
    ++at;
  }
  return at;
}

Batch OverByValue::computed(const std::vector<RowRef>& rows) {
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(rows.size());
  batch.columns = ranked_.rows().gather(rows);
  if (rows.empty()) {
    return batch;
  }
  std::vector<int64_t> gathered((calls_.size() + sizeof(int64_t) - 1) / sizeof(int64_t));
  char* slot = reinterpret_cast<char*>(gathered.data());
  calls_.init(slot);
  std::vector<uint32_t> all(rows.size());
  std::iota(all.begin(), all.end(), 0);
  // The result of a row is the one after it, or after the last of those beside it.
  std::vector<uint32_t> after(rows.size());
  const bool together = node_->window.unit == plan::FrameUnit::range;
  for (size_t at = 0; at < rows.size();) {
    const size_t last = together ? last_peer(rows, at) : at;
    for (; at <= last; ++at) {
      after[at] = static_cast<uint32_t>(last);
    }
  }
  const std::vector<char*> slots(rows.size(), slot);
  for (const Column& results : calls_.trace(slots, batch, all, function::Sides::after)) {
    batch.columns.push_back(results.gather(after));
  }
  calls_.destroy(slot);
  return batch;
}

// --- Changes ---

namespace {

// What a change makes of the rows of a key, as they were and as they are, side by side.
class Sides {
 public:
  Sides(const Batch& before, const Batch& after, const plan::OverAggregate& node)
      : before_(before.physical_size),
        first_result_(node.inputs[0]->schema.size()),
        update_before_(node.changelog.update_before) {
    for (size_t i = 0; i < node.schema.size(); ++i) {
      std::vector<Column> parts;
      for (const Batch* side : {&before, &after}) {
        if (side->physical_size > 0) {
          parts.push_back(side->columns[i]);
        }
      }
      columns_.push_back(concatenated(node.schema[i].type, parts));
    }
  }

  void send(RowKind kind, size_t row) {
    if (kind != RowKind::update_before || update_before_) {
      kinds_.push_back(kind);
      rows_.push_back(static_cast<uint32_t>(row));
    }
  }
  size_t after(size_t row) const { return before_ + row; }
  // Where the results of row `old` are others now that it is row `now`.
  void send_if_changed(size_t old, size_t now) {
    for (size_t i = first_result_; i < columns_.size(); ++i) {
      if (!same_values(columns_[i], old, after(now))) {
        send(RowKind::update_before, old);
        send(RowKind::update_after, after(now));
        return;
      }
    }
  }

  void push(Output& out) const {
    for (size_t from = 0; from < rows_.size(); from += Batch::kMaxRows) {
      const size_t count = std::min<size_t>(Batch::kMaxRows, rows_.size() - from);
      Batch batch;
      batch.physical_size = static_cast<uint32_t>(count);
      for (const Column& column : columns_) {
        batch.columns.push_back(column.gather(std::span(rows_).subspan(from, count)));
      }
      batch.kinds.assign(kinds_.begin() + static_cast<ptrdiff_t>(from),
                         kinds_.begin() + static_cast<ptrdiff_t>(from + count));
      out.push(std::move(batch));
    }
  }

 private:
  size_t before_;
  size_t first_result_;
  bool update_before_;
  std::vector<Column> columns_;
  std::vector<RowKind> kinds_;
  std::vector<uint32_t> rows_;
};

}  // namespace

// Those beside the row change ahead of it, as in Flink, and those behind it after it.
void OverByValue::add(RowKind kind, const char* row, uint64_t hash, Output& out) {
  Group* group = ranked_.find(row, hash);
  const size_t place = group == nullptr ? 0 : ranked_.place_of(*group, row);
  const Batch before = computed(group == nullptr ? std::vector<RowRef>() : group->rows);
  const Group& now = ranked_.insert(group, place, row, hash);
  const Batch after = computed(now.rows);
  Sides sides(before, after, *node_);
  for (size_t at = first_peer(now.rows, place); at < now.rows.size(); ++at) {
    if (at == place) {
      sides.send(kind, sides.after(at));
    } else {
      sides.send_if_changed(at < place ? at : at - 1, at);
    }
  }
  sides.push(out);
}

void OverByValue::take_back(const char* row, uint64_t hash, Output& out) {
  Group* group = ranked_.find(row, hash);
  const size_t place = group == nullptr ? 0 : ranked_.find_in(*group, row);
  // A change may take back a row that never came: Flink passes over it, too.
  if (group == nullptr || place == group->rows.size()) {
    return;
  }
  const Batch before = computed(group->rows);
  const size_t first = first_peer(group->rows, place);
  const size_t size = group->rows.size();
  const RowRef gone = ranked_.take(group, place);
  const Batch after = computed(size == 1 ? std::vector<RowRef>() : group->rows);
  Sides sides(before, after, *node_);
  sides.send(RowKind::delete_, place);
  for (size_t at = first; at < size; ++at) {
    if (at != place) {
      sides.send_if_changed(at, at < place ? at : at - 1);
    }
  }
  sides.push(out);
  ranked_.release(gone);
}

}  // namespace millrace::exec
