#include "exec/operators/window_aggregate.h"

#include <algorithm>

#include "base/check.h"
#include "base/error.h"
#include "exec/event_time.h"
#include "exec/rejecting.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

// Windows that answer with each row show by the number of their rows whether they were shown.
static AggregateSlots::TakenBack taken_back(const plan::WindowAggregate& node) {
  return node.updates.any() ? AggregateSlots::TakenBack::counted : AggregateSlots::taken_back(node);
}

// Which row came first is not known of panes any more; Flink, which merges them too, refuses these.
static bool can_be_merged(const plan::AggregateCall& call) {
  const std::string& name = call.function->name;
  return name != "FIRST_VALUE" && name != "LAST_VALUE" && !name.starts_with("JSON_") &&
         (!call.distinct || call.function->in_any_order);
}

static bool is_by_pane(const plan::WindowAggregate& node, const WindowAssigner& windows) {
  return windows.most_per_row() > 1 && windows.has_panes() && !node.updates.any() &&
         node.inputs[0]->changelog.insert_only() &&
         std::all_of(node.aggregates.begin(), node.aggregates.end(), can_be_merged);
}

WindowAggregate::WindowAggregate(const plan::WindowAggregate& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      windows_(node.window),
      by_pane_(is_by_pane(node, windows_)),
      late_ms_(node.updates.late_ms.value_or(0)),
      slots_(std::make_shared<AggregateSlots>(node.aggregates, taken_back(node))),
      groups_(task_.state().timed_table(by_pane_ ? "panes" : "groups",
                                        types_of(node.inputs[0]->schema, node.keys), slots_)),
      watermark_(task_.state().numbers("watermark")),
      changes_(node, slots_),
      keys_(&groups_.layout()) {
  if (node.updates.any()) {
    slots_->keep_whole();
  }
}

void WindowAggregate::push(Port port, Batch batch, Output& out) {
  const std::vector<uint32_t>* selection = batch.selection.get();
  size_t from = 0;  // of the rows that count
  auto mark = batch.marks.begin();
  while (true) {
    // Only a mark with which a window fires matters; between two of those rows go in one go.
    mark = std::lower_bound(mark, batch.marks.end(), next_change(),
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
  if (!node_->updates.any() || windows_.most_per_row() == 1) {
    return gather_windows(batch, out);
  }
  waiting_.swap(timely_);  // each row tells of all of its windows ahead of the next one
  for (const Timely& row : waiting_) {
    timely_ = {row};
    gather_windows(batch, out);
  }
}

void WindowAggregate::gather_windows(const Batch& batch, Output& out) {
  const size_t most = by_pane_ ? 1 : windows_.most_per_row();
  for (size_t number = 0; number < most && !timely_.empty(); ++number) {
    gather_window(batch, number, out);
    task_.counts().grouped += number == 0 ? timely_.size() : 0;
  }
}

// The least watermark above the last with which a window fires or takes no more rows.
Watermark WindowAggregate::next_change() const {
  const Watermark now = watermark_.get();
  const Watermark firing = windows_.next_firing(now);
  if (late_ms_ == 0 || now.ms < INT64_MIN + late_ms_) {
    return firing;
  }
  return std::min(firing, Watermark{windows_.next_firing({now.ms - late_ms_}).ms + late_ms_});
}

bool WindowAggregate::is_closed(int64_t end) const {
  return WindowAssigner::has_fired(end + late_ms_, watermark_.get());
}

// Adds the rows of timely_ to their window of this number; drops those from timely_ for which it
// is closed already, or that fall into no more windows. Who is in no window at all is not late.
void WindowAggregate::gather_window(const Batch& batch, size_t number, Output& out) {
  const Watermark now = watermark_.get();
  which_.clear();
  rows_.clear();
  ends_.clear();
  size_t kept = 0;
  for (const Timely& row : timely_) {
    const auto end = windows_.end_of(row.ms, row.last_end, number);
    if (!end || is_closed(*end)) {
      if (!end && number == 0) {
        ++task_.counts().filtered;
      } else if (number == 0) {  // where the window that ends last is closed, all are
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
  if (node_->updates.any()) {
    return tell(batch, out);
  }
  slots_->update(slot_of_, batch, rows_);
}

// Rows ahead of the end of their window wait for it where that is told of late alone. They are in
// other groups than the rest.
void WindowAggregate::tell(const Batch& batch, Output& out) {
  const Watermark now = watermark_.get();
  const auto is_told = [&](size_t i) {
    return node_->updates.early || WindowAssigner::has_fired(ends_[i], now);
  };
  std::vector<uint32_t> rows;
  std::vector<char*> groups;
  std::vector<int64_t> ends;
  const auto choose = [&](size_t from, size_t to, bool told) {
    rows.clear();
    groups.clear();
    ends.clear();
    for (size_t i = from; i < to; ++i) {
      if (is_told(i) == told) {
        rows.push_back(rows_[i]);
        groups.push_back(slot_of_[i]);
        ends.push_back(ends_[i]);
      }
    }
  };
  choose(0, rows_.size(), false);
  slots_->update(groups, batch, rows);
  for (size_t from = 0, to = 0; from < rows_.size(); from = to) {
    to = told_at_once(from);
    choose(from, to, true);
    WindowChanges::Changes changes = changes_.add(batch, rows, groups);
    if (changes.of.empty()) {
      continue;
    }
    for (const plan::WindowProperty wanted : node_->properties) {
      const Type& type = node_->schema[changes.rows.columns.size()].type;
      FlatBuffer<int64_t> values(changes.of.size());
      for (size_t i = 0; i < changes.of.size(); ++i) {
        values[i] = property(wanted, ends[changes.of[i]]) * (type.timestamp_unit() / 1000);
      }
      changes.rows.columns.push_back(values.finish(type));
    }
    out.push(std::move(changes.rows));
  }
}

// Where the results of the rows from there on are too many to be shown at once: each row shows
// those of its group anew.
size_t WindowAggregate::told_at_once(size_t from) const {
  const bool any_size = slots_->show_any_size();
  const size_t most = any_size ? AggregateSlots::kMostGrowing : WindowChanges::kMostRows;
  const size_t end = std::min(from + most, rows_.size());
  size_t shown = 0;
  for (size_t to = from; any_size && to < end; ++to) {
    shown += slots_->shown(slot_of_[to]);
    if (shown > AggregateSlots::kMostShown) {
      return to + 1;
    }
  }
  return end;
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
  if (node_->updates.any()) {
    tell_ended(before, last_end, out);
    while (last_end > INT64_MIN + late_ms_ && groups_.take_ending_by(last_end - late_ms_)) {
    }
    return;
  }
  while (auto closed = groups_.take_ending_by(last_end)) {
    groups_.visit(*closed, [&](const state::Bucket& groups) { emit(closed->end, groups, out); });
  }
}

// Of windows that were not told of early, and stay for late rows.
void WindowAggregate::tell_ended(Watermark before, int64_t last_end, Output& out) const {
  if (node_->updates.early) {
    return;
  }
  auto end = groups_.first_end_behind(before.ms + 1);
  for (; end && *end <= last_end; end = groups_.first_end_behind(*end)) {
    for (const state::Parts parts : groups_.parts(*end - 1, *end)) {
      groups_.visit(*end - 1, *end, parts,
                    [&](const state::Bucket& groups) { emit(*end, groups, out); });
    }
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
      FlatBuffer<int64_t> value(1);
      value[0] = property(wanted, end) * (type.timestamp_unit() / 1000);
      batch.columns.push_back(Column::constant(value.finish(type), size));
    }
    if (slots_->counts_rows()) {
      batch.selection = std::make_shared<const Selection>(AggregateSlots::with_rows(slots));
    }
    out.push(std::move(batch));
  }
}

int64_t WindowAggregate::property(plan::WindowProperty property, int64_t end) const {
  switch (property) {
    case plan::WindowProperty::start: return windows_.start_of(end);
    case plan::WindowProperty::end: return end;
    case plan::WindowProperty::time:
      return WindowAssigner::time_of(node_->window, end, watermark_.get());
  }
  return end;
}

}  // namespace millrace::exec
