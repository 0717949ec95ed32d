#include "exec/operators/interval_join.h"

#include <algorithm>

#include "base/check.h"
#include "exec/event_time.h"
#include "exec/mark_cursor.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

using state::Due;
using state::kNoRow;
using state::RowRef;

// One row of a batch may meet millions; beyond this many pairs they are sent.
static constexpr size_t kFairPairs = 16 * 1024;

IntervalJoin::Input IntervalJoin::make_input(const plan::Join& node, Side side,
                                             const TaskContext& task) {
  const bool left = side == Side::left;
  const plan::Node& input = *node.inputs[left ? 0 : 1];
  const bool pads = left ? node.keeps_left() : node.keeps_right();
  JoinKey key = key_of(node, side);
  state::RowMultimapShape shape{.types = types_of(input.schema),
                                .key = std::move(key.columns),
                                .identity = {},
                                .removes = true,
                                .matches = pads};
  return {.rows = JoinSide(std::move(shape), std::move(key.strict), task, left ? "left" : "right"),
          .time_column = left ? node.times->left : node.times->right,
          .waits_ms = left ? -node.times->from_ms : node.times->to_ms,
          .pads = pads};
}

IntervalJoin::IntervalJoin(const plan::Join& node, const TaskContext& task)
    : task_(task),
      times_(*node.times),
      left_(make_input(node, Side::left, task_)),
      right_(make_input(node, Side::right, task_)),
      condition_(node, left_.rows.rows().rows(), right_.rows.rows().rows(), task_),
      joined_(node, left_.rows.rows().rows(), right_.rows.rows().rows()),
      watermark_(task_.state().numbers("watermarks")) {
  watermark_.set_inputs(2);
  passed_ = watermark_.combined();
  // A padded row leaves one millisecond after the last moment at which it could have met another.
  const int64_t padding = left_.pads || right_.pads ? 1 : 0;
  delay_ms_ = std::max<int64_t>({left_.waits_ms, right_.waits_ms, 0}) + padding;
  for (Input* input : {&left_, &right_}) {
    input->rows.rows().rows().for_each([&](RowRef row) {
      input->due.add({input->time_of(row) + input->waits_ms, row.number, row});
    });
  }
  task_.state().count_beside("due", [this] { return left_.due.memory() + right_.due.memory(); });
}

int64_t IntervalJoin::Input::time_of(RowRef row) const {
  return event_time(rows.rows().layout(), rows.rows().row(row), time_column);
}

void IntervalJoin::push(Port port, Batch batch, Output& out) {
  check(batch.insert_only(), "an interval join takes insertions only");
  const Side side = port.number == 0 ? Side::left : Side::right;
  Input& own = input(side);
  own.rows.read(batch);
  const Rows rows = batch.rows();
  const EventTimes times(batch.columns[own.time_column]);
  const Watermark limit = watermark_.limit_for(port.number);
  Watermark now = watermark_.combined();
  MarkCursor marks(batch);
  for (size_t i = 0; i < rows.size(); ++i) {
    marks.pass_until(rows[i],
                     [&](Watermark passed) { now = std::max(now, std::min(passed, limit)); });
    if (const char* fault = times.fault(rows[i])) {
      out.reject(batch, rows[i], fault);
      continue;
    }
    arrive(side, {rows[i], i}, times.ms(rows[i]), now);
    other(side).rows.rows().rows().let_read_rows_go();
    if (pairs_.size() >= kFairPairs) {
      settle(side, batch, out);
    }
  }
  settle(side, batch, out);
  watermark_.raise(port.number, batch.final_watermark().value_or(Watermark::none()));
  finish(out);
}

void IntervalJoin::arrive(Side side, Place place, int64_t ms, Watermark now) {
  const size_t i = place.number;
  Input& own = input(side);
  const Input& others = other(side);
  const bool never = own.rows.never_matches(i);
  if (never && !own.pads) {
    ++task_.counts().grouped;
    return;
  }
  const RowRef row = own.rows.rows().add(own.rows.row(i), own.rows.hash(i));
  if (!never) {
    others.rows.rows().for_each(others.rows.find(own.rows, i), [&](RowRef candidate) {
      const int64_t then = others.time_of(candidate);
      const bool is_over = then + others.waits_ms < now.ms;
      if (!is_over && (side == Side::left ? may_meet(ms, then) : may_meet(then, ms))) {
        pairs_.push_back(side == Side::left ? RowPair{row, candidate} : RowPair{candidate, row});
      }
    });
  }
  arrivals_.push_back({row, place.row, ms + own.waits_ms, now, pairs_.size()});
}

void IntervalJoin::settle(Side side, const Batch& batch, Output& out) {
  const std::vector<bool> holds = condition_.hold(pairs_, out);
  Input& others = other(side);
  size_t pair = 0;
  for (const Arrival& arrival : arrivals_) {
    pass(arrival.now, out);
    bool met = false;
    for (; pair < arrival.pairs_end; ++pair) {
      if (!holds[pair]) {
        continue;
      }
      met = true;
      const RowRef match = side == Side::left ? pairs_[pair].right : pairs_[pair].left;
      if (others.pads) {
        others.rows.rows().set_matches(match, 1);
      }
      send(side, arrival.row, match, out);
    }
    settle(side, batch, arrival, met, out);
  }
  arrivals_.clear();
  pairs_.clear();
}

// Keeps the row, unless no row that is not late could meet it any more.
void IntervalJoin::settle(Side side, const Batch& batch, const Arrival& arrival, bool met,
                          Output& out) {
  Input& own = input(side);
  if (own.pads) {
    own.rows.rows().set_matches(arrival.row, met ? 1 : 0);
  }
  if (arrival.due_ms > arrival.now.ms) {
    own.due.add({arrival.due_ms, arrival.row.number, arrival.row});
    ++task_.counts().grouped;
    return;
  }
  if (!met && own.pads) {
    send(side, arrival.row, kNoRow, out);
  }
  if (met || own.pads) {
    ++task_.counts().grouped;
  } else {
    out.late(batch, arrival.place, arrival.now);
  }
  gone_[side == Side::left ? 0 : 1].push_back(arrival.row);
}

void IntervalJoin::pass(Watermark now, Output& out) {
  if (now <= passed_) {
    return;
  }
  passed_ = now;
  leave(Side::left, now, out);
  leave(Side::right, now, out);
  joined_.mark(now == Watermark::end_of_input() ? now : Watermark{now.ms - delay_ms_});
}

void IntervalJoin::leave(Side side, Watermark now, Output& out) {
  Input& own = input(side);
  for (const Due* due = own.due.next(); due != nullptr && due->ms < now.ms; due = own.due.next()) {
    if (own.pads && own.rows.rows().matches(due->row) == 0) {
      send(side, due->row, kNoRow, out);
    }
    gone_[side == Side::left ? 0 : 1].push_back(due->row);
    own.due.pop();
  }
}

void IntervalJoin::send(Side side, RowRef row, RowRef other, Output& out) {
  joined_.add(side == Side::left ? row : other, side == Side::left ? other : row, out);
}

void IntervalJoin::finish(Output& out) {
  pass(watermark_.combined(), out);
  joined_.flush(out);
  for (const Side side : {Side::left, Side::right}) {
    std::vector<RowRef>& gone = gone_[side == Side::left ? 0 : 1];
    for (const RowRef row : gone) {
      input(side).rows.rows().remove(row);
      input(side).rows.rows().rows().let_read_rows_go();
    }
    gone.clear();
  }
}

void IntervalJoin::advance(Port port, Watermark now, Output& out) {
  watermark_.raise(port.number, now);
  finish(out);
  watermark_.pass_idleness(out);
}

void IntervalJoin::idle(Port port, Output& out) {
  watermark_.set_idle(port.number);
  finish(out);
  watermark_.pass_idleness(out);
}

void IntervalJoin::resume(Port port, Output& out) { watermark_.set_active_and_pass(port, out); }

}  // namespace millrace::exec
