#include "exec/operators/window_aggregate.h"

#include <algorithm>

#include "base/check.h"
#include "base/error.h"
#include "exec/event_time.h"
#include "exec/rejecting.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

// Which row came first is not known of panes any more; Flink, which merges them too, refuses these.
static bool can_be_merged(const plan::AggregateCall& call) {
  const std::string& name = call.function->name;
  return name != "FIRST_VALUE" && name != "LAST_VALUE" && !name.starts_with("JSON_") &&
         (!call.distinct || call.function->in_any_order);
}

static bool is_by_pane(const plan::WindowAggregate& node, const WindowAssigner& windows) {
  return windows.most_per_row() > 1 && windows.has_panes() &&
         node.inputs[0]->changelog.insert_only() &&
         std::all_of(node.aggregates.begin(), node.aggregates.end(), can_be_merged);
}

WindowAggregate::WindowAggregate(const plan::WindowAggregate& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      windows_(node.window),
      by_pane_(is_by_pane(node, windows_)),
      slots_(std::make_shared<AggregateSlots>(node.aggregates, AggregateSlots::taken_back(node))),
      groups_(task_.state().timed_table(by_pane_ ? "panes" : "groups",
                                        types_of(node.inputs[0]->schema, node.keys), slots_)),
      watermark_(task_.state().numbers("watermark")),
      keys_(&groups_.layout()) {}

void WindowAggregate::push(Port port, Batch batch, Output& out) {
  const std::vector<uint32_t>* selection = batch.selection.get();
  size_t from = 0;  // of the rows that count
  auto mark = batch.marks.begin();
  while (true) {
    // Only a mark with which a window fires matters; between two of those rows go in one go.
    mark = std::lower_bound(mark, batch.marks.end(), windows_.next_firing(watermark_.get()),
                            [](const Mark& m, Watermark firing) { return m.watermark < firing; });
    if (mark == batch.marks.end() && from == 0) {
      gather(batch, batch.rows(), out);
      break;
    }
    const uint32_t until = mark == batch.marks.end() ? batch.physical_size : mark->row;
    std::vector<uint32_t> some;
    size_t to = from;
    const Rows all = batch.rows();
    for (; to < all.size() && all[to] < until; ++to) {
      some.push_back(selection != nullptr ? (*selection)[to] : static_cast<uint32_t>(to));
    }
    gather(batch, Rows(std::span<const uint32_t>(some)), out);
    from = to;
    if (mark == batch.marks.end()) {
      break;
    }
    fire(mark->watermark, out);
    ++mark;
  }
  if (const auto now = batch.final_watermark()) {
    advance(port, *now, out);
  }
}

void WindowAggregate::advance(Port, Watermark now, Output& out) {
  fire(now, out);
  out.advance(watermark_.get());
}

std::optional<int64_t> WindowAggregate::waits_for() const {
  const std::optional<int64_t> first = groups_.first_end();
  return first && by_pane_ ? windows_.next_end_over(*first, watermark_.get()) : first;
}

void WindowAggregate::gather(const Batch& batch, const Rows& rows, Output& out) {
  if (rows.size() == 0) {
    return;
  }
  key_columns_.clear();
  for (const size_t key : node_->keys) {
    key_columns_.push_back(batch.columns[key]);
  }
  keys_.read(key_columns_, rows);
  const EventTimes times(batch.columns[node_->window.time_column]);
  timely_.clear();
  uint32_t key = 0;
  for_each(rows, [&](uint32_t row) {
    if (times.is_null(row)) {
      out.reject(batch, row, "the event time is NULL");
    } else if (const int64_t ms = times.ms(row); !EventTimes::in_range(ms)) {
      out.reject(batch, row, "the event time is out of range");
    } else {
      timely_.push_back({row, key, ms, windows_.last_end_of(ms)});
    }
    ++key;
  });
  const size_t most = by_pane_ ? 1 : windows_.most_per_row();
  for (size_t number = 0; number < most && !timely_.empty(); ++number) {
    gather_window(batch, number, out);
    task_.counts().grouped += number == 0 ? timely_.size() : 0;
  }
}

// Adds the rows of timely_ to their window of this number; drops those from timely_ for which it
// has fired already, or that fall into no more windows. Who is in no window at all is not late.
void WindowAggregate::gather_window(const Batch& batch, size_t number, Output& out) {
  const Watermark now = watermark_.get();
  which_.clear();
  rows_.clear();
  ends_.clear();
  size_t kept = 0;
  for (const Timely& row : timely_) {
    const auto end = windows_.end_of(row.ms, row.last_end, number);
    if (!end || WindowAssigner::has_fired(*end, now)) {
      if (!end && number == 0) {
        ++task_.counts().filtered;
      } else if (number == 0) {  // where the window that ends last has fired, all have
        out.late(batch, row.row, now);
      }
      continue;
    }
    which_.push_back(row.key);
    rows_.push_back(row.row);
    ends_.push_back(by_pane_ ? windows_.pane_of(row.ms) : *end);
    timely_[kept++] = row;
  }
  timely_.resize(kept);
  slot_of_.resize(kept);
  groups_.upsert(keys_, which_, ends_, slot_of_.data());
  slots_->update(slot_of_, batch, rows_);
}

void WindowAggregate::fire(Watermark now, Output& out) {
  if (now <= watermark_.get()) {
    return;
  }
  const Watermark before = watermark_.get();
  watermark_.set(now);
  const int64_t last_end = now == Watermark::end_of_input() ? now.ms : now.ms + 1;
  if (by_pane_) {
    return fire_panes(before, last_end, out);
  }
  while (auto closed = groups_.take_ending_by(last_end)) {
    groups_.visit(*closed, [&](const state::Bucket& groups) { emit(closed->end, groups, out); });
  }
}

void WindowAggregate::fire_panes(Watermark before, int64_t last_end, Output& out) {
  while (const auto first = groups_.first_end()) {
    const int64_t end = windows_.next_end_over(*first, before);
    if (end > last_end) {
      return;
    }
    for (const state::Parts parts : groups_.parts(windows_.start_of(end), end)) {
      emit(end, merged(end, parts), out);
    }
    before = {end - 1};
    for (auto pane = first; pane && windows_.last_end_over(*pane) <= end;
         pane = groups_.first_end()) {
      groups_.take_ending_by(*pane);
    }
  }
}

// The panes of a hopping window from the last to the first, of any other as they follow: so what
// depends on the order of rows, lists and sums of fractions, is as in Flink.
state::Bucket WindowAggregate::merged(int64_t end, state::Parts parts) const {
  state::Bucket groups = groups_.new_bucket();
  const auto add = [&](const state::Bucket& pane) {
    for (size_t i = 0; i < pane.size(); ++i) {
      const char* key = pane.key(i);
      if (const uint64_t hash = groups_.layout().hash(key); parts.hold(hash)) {
        slots_->merge(groups.upsert(key, hash), pane.slot(i));
      }
    }
  };
  const int64_t start = windows_.start_of(end);
  if (node_->window.kind == plan::WindowKind::hop) {
    groups_.visit_back(start, end, parts, add);
  } else {
    groups_.visit(start, end, parts, add);
  }
  return groups;
}

void WindowAggregate::emit(int64_t end, const state::Bucket& groups, Output& out) const {
  for (size_t from = 0; from < groups.size(); from += Batch::kMaxRows) {
    const size_t size = std::min(Batch::kMaxRows, groups.size() - from);
    std::vector<char*> slots(size);
    for (size_t i = 0; i < size; ++i) {
      slots[i] = groups.slot(from + i);
    }
    Batch batch;
    batch.physical_size = static_cast<uint32_t>(size);
    batch.columns = groups.key_columns(from, size);
    for (Column& column : slots_->finish(slots)) {
      batch.columns.push_back(std::move(column));
    }
    for (const plan::WindowProperty wanted : node_->properties) {
      const Type& type = node_->schema[batch.columns.size()].type;
      batch.columns.push_back(property(wanted, end, type, size));
    }
    if (slots_->counts_rows()) {
      batch.selection = std::make_shared<const Selection>(AggregateSlots::with_rows(slots));
    }
    out.push(std::move(batch));
  }
}

Column WindowAggregate::property(plan::WindowProperty property, int64_t end, const Type& type,
                                 size_t size) const {
  int64_t ms = end;
  switch (property) {
    case plan::WindowProperty::start: ms = windows_.start_of(end); break;
    case plan::WindowProperty::end: break;
    case plan::WindowProperty::time:
      ms = WindowAssigner::time_of(node_->window, end, watermark_.get());
      break;
  }
  FlatBuffer<int64_t> value(1);
  value[0] = ms * (type.timestamp_unit() / 1000);
  return Column::constant(value.finish(type), size);
}

}  // namespace millrace::exec
