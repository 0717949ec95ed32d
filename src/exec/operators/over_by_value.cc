#include "exec/operators/over_by_value.h"

#include <algorithm>

#include "column/nested.h"
#include "exec/same_values.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

using state::RowRef;

OverByValue::OverByValue(const plan::OverAggregate& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      calls_(node.calls, AggregateSlots::TakenBack::never),
      expiry_(task_, "expiry"),
      ranked_(task_.state().ranked_rows("rows", {.types = types_of(node.inputs[0]->schema),
                                                 .key = node.window.partition_by,
                                                 .order = order_of(node.window.order_by)})),
      buffer_(&ranked_.layout()) {}

void OverByValue::push(Port, Batch batch, Output& out) {
  expiry_.drop_expired([this](uint32_t number) { ranked_.drop(RowRef{number}); });
  const Rows rows = batch.rows();
  buffer_.read(batch.columns, rows);
  for (size_t i = 0; i < rows.size(); ++i) {
    const RowKind kind = batch.kind(rows[i]);
    const uint64_t hash = ranked_.hash(buffer_[i]);
    if (is_addition(kind)) {
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

void OverByValue::written(const Group& group) {
  for (const RowRef row : group.rows) {
    expiry_.written(row.number);
  }
}

// --- The results of a key ---

static constexpr size_t kNone = SIZE_MAX;

Batch OverByValue::rows_of(const Group& group) const {
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(group.rows.size());
  batch.columns = ranked_.rows().gather(group.rows);
  return batch;
}

bool OverByValue::are_peers(RowRef a, RowRef b) const {
  return ranked_.are_equal(a, ranked_.rows().row(b));
}

size_t OverByValue::first_peer(const Group& group, size_t at) const {
  while (at > 0 && are_peers(group.rows[at - 1], group.rows[at])) {
    --at;
  }
  return at;
}

std::vector<Column> OverByValue::results(const Group& group, const Batch& rows, size_t left_out) {
  std::vector<uint32_t> counted;
  for (uint32_t at = 0; at < group.rows.size(); ++at) {
    if (at != left_out) {
      counted.push_back(at);
    }
  }
  if (counted.empty()) {
    return {};
  }
  // The result of a row is the one after it, or after the last of its peers.
  std::vector<uint32_t> after(group.rows.size());
  const bool together = node_->window.unit == plan::FrameUnit::range;
  for (uint32_t i = 0; i < counted.size();) {
    uint32_t end = i + 1;
    while (together && end < counted.size() &&
           are_peers(group.rows[counted[end]], group.rows[counted[i]])) {
      ++end;
    }
    for (; i < end; ++i) {
      after[counted[i]] = end - 1;
    }
  }
  std::vector<int64_t> gathered((calls_.size() + sizeof(int64_t) - 1) / sizeof(int64_t));
  char* slot = reinterpret_cast<char*>(gathered.data());
  calls_.init(slot);
  const std::vector<char*> slots(counted.size(), slot);
  std::vector<Column> results;
  for (const Column& traced : calls_.trace(slots, rows, counted, function::Sides::after)) {
    results.push_back(traced.gather(after));
  }
  calls_.destroy(slot);
  return results;
}

// --- Changes ---

namespace {

// What is sent of a key's rows when one of them comes or goes: the rows, with their results as they
// were and as they are.
class Sides {
 public:
  Sides(Batch rows, const std::vector<Column>& before, const std::vector<Column>& after,
        const plan::OverAggregate& node)
      : rows_(std::move(rows)),
        first_after_(before.empty() ? 0 : rows_.physical_size),
        update_before_(node.changelog.update_before) {
    for (size_t call = 0; call < node.calls.size(); ++call) {
      std::vector<Column> parts;
      for (const std::vector<Column>* side : {&before, &after}) {
        if (!side->empty()) {
          parts.push_back((*side)[call]);
        }
      }
      const Type& type = node.schema[rows_.columns.size() + call].type;
      results_.push_back(concatenated(type, parts));
    }
  }

  void send_before(RowKind kind, uint32_t row) {
    if (kind != RowKind::update_before || update_before_) {
      send(kind, row, row);
    }
  }
  void send_after(RowKind kind, uint32_t row) { send(kind, row, first_after_ + row); }
  void send_if_changed(uint32_t row) {
    const bool same = std::all_of(results_.begin(), results_.end(), [&](const Column& result) {
      return same_values(result, row, first_after_ + row);
    });
    if (!same) {
      send_before(RowKind::update_before, row);
      send_after(RowKind::update_after, row);
    }
  }

  void push(Output& out) const {
    for (size_t from = 0; from < kinds_.size(); from += Batch::kMaxRows) {
      const size_t count = std::min<size_t>(Batch::kMaxRows, kinds_.size() - from);
      Batch batch;
      batch.physical_size = static_cast<uint32_t>(count);
      add_columns(rows_.columns, std::span(sent_rows_).subspan(from, count), batch);
      add_columns(results_, std::span(sent_results_).subspan(from, count), batch);
      const auto first = kinds_.begin() + static_cast<ptrdiff_t>(from);
      batch.kinds.assign(first, first + static_cast<ptrdiff_t>(count));
      out.push(std::move(batch));
    }
  }

 private:
  void send(RowKind kind, uint32_t row, uint32_t result) {
    kinds_.push_back(kind);
    sent_rows_.push_back(row);
    sent_results_.push_back(result);
  }
  static void add_columns(const std::vector<Column>& columns, std::span<const uint32_t> rows,
                          Batch& batch) {
    for (const Column& column : columns) {
      batch.columns.push_back(column.gather(rows));
    }
  }

  Batch rows_;
  uint32_t first_after_;  // among the results
  bool update_before_;
  std::vector<Column> results_;
  std::vector<RowKind> kinds_;
  std::vector<uint32_t> sent_rows_;
  std::vector<uint32_t> sent_results_;
};

}  // namespace

// Those beside the row change ahead of it, as in Flink, and those behind it after it.
void OverByValue::add(RowKind kind, const char* row, uint64_t hash, Output& out) {
  Group* known = ranked_.find(row, hash);
  const size_t place = known == nullptr ? 0 : ranked_.place_of(*known, row);
  const Group& group = ranked_.insert(known, place, row, hash);
  written(group);
  const Batch rows = rows_of(group);
  Sides sides(rows, results(group, rows, place), results(group, rows, kNone), *node_);
  for (size_t at = first_peer(group, place); at < group.rows.size(); ++at) {
    if (at == place) {
      sides.send_after(kind, static_cast<uint32_t>(at));
    } else {
      sides.send_if_changed(static_cast<uint32_t>(at));
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
  const Batch rows = rows_of(*group);
  Sides sides(rows, results(*group, rows, kNone), results(*group, rows, place), *node_);
  sides.send_before(RowKind::delete_, static_cast<uint32_t>(place));
  for (size_t at = first_peer(*group, place); at < group->rows.size(); ++at) {
    if (at != place) {
      sides.send_if_changed(static_cast<uint32_t>(at));
    }
  }
  sides.push(out);
  written(*group);
  expiry_.gone(group->rows[place].number);
  ranked_.release(ranked_.take(group, place));
}

}  // namespace millrace::exec
