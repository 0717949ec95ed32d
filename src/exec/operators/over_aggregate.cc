#include "exec/operators/over_aggregate.h"

#include <algorithm>
#include <numeric>

#include "base/check.h"
#include "exec/event_time.h"
#include "exec/mark_cursor.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

using state::RowRef;

static bool leaves_at_once(const plan::OverAggregate& node) {
  return node.is_by_arrival() && !node.is_by_clock();
}

static Peers peers_of(const plan::OverAggregate& node) {
  const bool apart = leaves_at_once(node) || node.window.unit == plan::FrameUnit::rows;
  return apart ? Peers::none : Peers::of_one_time;
}

// What Flink keeps by time to live: by arrival what the calls have gathered. All else has timers.
static Expiry expiry_of(const plan::OverAggregate& node, const TaskContext& task) {
  if (node.window.preceding && node.window.unit == plan::FrameUnit::range) {
    return {};  // the range says it
  }
  const bool by_writing = node.is_by_arrival() && !node.window.preceding;
  return {task, "expiry", {}, by_writing ? Expiry::Keeps::writing : Expiry::Keeps::use};
}

OverAggregate::OverAggregate(const plan::OverAggregate& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      leaves_at_once_(leaves_at_once(node)),
      frames_(node, peers_of(node), expiry_of(node, task_), task_),
      waiting_(task_.state().waiting_rows("waiting", types_of(node.inputs[0]->schema))),
      watermark_(task_.state().numbers("watermark")),
      buffer_(&waiting_.layout()) {
  task_.state().count_beside("timers", [this] { return frames_.memory(); });
}

// By the clock the rows of a millisecond are a window, which fires at its end.
std::optional<int64_t> OverAggregate::waits_for() const {
  const auto first = waiting_.first();
  return first && node_->is_by_clock() ? std::optional(*first + 1) : first;
}

void OverAggregate::push(Port port, Batch batch, Output& out) {
  check(batch.insert_only(), "OVER takes insertions only");
  frames_.drop_keys(watermark_.get().ms);
  if (leaves_at_once_) {
    push_by_arrival(std::move(batch), out);
  } else {
    push_by_time(port, batch, out);
  }
}

// Rows [from, from + size), with the marks among them.
static Batch slice_of(const Batch& rows, size_t from, size_t size) {
  Batch part = rows;
  auto which = std::make_shared<std::vector<uint32_t>>(size);
  std::iota(which->begin(), which->end(), static_cast<uint32_t>(from));
  part.selection = std::move(which);
  std::erase_if(part.marks, [&](const Mark& mark) {
    return mark.row > from + size || (mark.row <= from && from > 0);
  });
  return part.compacted();
}

void OverAggregate::push_by_arrival(Batch batch, Output& out) {
  const Batch rows = batch.compacted();
  for (size_t from = 0, size = 0; from < rows.physical_size; from += size) {
    size = std::min<size_t>(frames_.rows_at_once(), rows.physical_size - from);
    Batch part = size == rows.physical_size ? rows : slice_of(rows, from, size);
    compute(part, std::vector<int64_t>(size));
    out.push(std::move(part));
  }
}

void OverAggregate::push_by_time(Port port, const Batch& batch, Output& out) {
  const Rows rows = batch.rows();
  buffer_.read(batch.columns, rows);
  const EventTimes times(batch.columns[node_->window.order_by.front().column]);
  if (frames_.lets_keys_go()) {
    frames_.arrive(batch);
  }
  MarkCursor marks(batch);
  Watermark now = watermark_.get();
  for (size_t i = 0; i < rows.size(); ++i) {
    marks.pass_until(rows[i], [&](Watermark passed) { now = std::max(now, passed); });
    if (times.is_null(rows[i])) {
      out.reject(batch, rows[i], "the event time is NULL");
    } else if (frames_.forgets() ? !admit(i, times.ms(rows[i]), now, out)
                                 : is_late(batch, rows[i], times.ms(rows[i]), now, out)) {
      out.late(batch, rows[i], now);
    } else {
      ++task_.counts().grouped;
      waiting_.add(times.ms(rows[i]), buffer_[i]);
      if (frames_.expires()) {
        frames_.await(i);
      }
    }
  }
  if (const auto last = batch.final_watermark()) {
    advance(port, *last, out);
  }
}

bool OverAggregate::admit(size_t nth, int64_t ms, Watermark now, Output& out) {
  if (ms <= now.ms || frames_.has_due(nth, now.ms)) {
    leave(now, out);
  }
  return frames_.admit(nth, ms, now.ms);
}

bool OverAggregate::is_late(const Batch& batch, size_t row, int64_t ms, Watermark now,
                            Output& out) {
  if (ms > now.ms) {
    return false;
  }
  if (!node_->window.preceding) {
    return true;
  }
  leave(now, out);
  return ms <= frames_.last_time(batch, static_cast<uint32_t>(row));
}

void OverAggregate::advance(Port, Watermark now, Output& out) {
  if (!leaves_at_once_) {
    frames_.drop_keys(watermark_.get().ms);
    leave(now, out);
  }
  out.advance(now);
}

void OverAggregate::leave(Watermark now, Output& out) {
  if (now <= watermark_.get()) {
    return;
  }
  watermark_.set(now);
  while (true) {
    const auto due = waiting_.take_until(now.ms, frames_.rows_at_once());
    if (due.empty()) {
      return;
    }
    std::vector<RowRef> rows;
    std::vector<int64_t> times;
    for (const auto& row : due) {
      rows.push_back(row.row);
      times.push_back(row.ms);
    }
    Batch batch;
    batch.physical_size = static_cast<uint32_t>(rows.size());
    batch.columns = waiting_.rows().gather(rows);
    waiting_.release(due);
    compute(batch, times);
    push_in_parts(batch, out);
  }
}

void OverAggregate::compute(Batch& batch, std::span<const int64_t> times) {
  for (Column& result : frames_.compute(batch, times)) {
    batch.columns.push_back(std::move(result));
  }
}

// Rows of one time leave together, which may make more than a batch of them.
void OverAggregate::push_in_parts(const Batch& batch, Output& out) {
  for (size_t from = 0; from < batch.physical_size; from += Batch::kMaxRows) {
    Batch part;
    part.physical_size =
        static_cast<uint32_t>(std::min<size_t>(Batch::kMaxRows, batch.physical_size - from));
    for (const Column& column : batch.columns) {
      part.columns.push_back(column.slice(from, part.physical_size));
    }
    out.push(std::move(part));
  }
}

}  // namespace millrace::exec
