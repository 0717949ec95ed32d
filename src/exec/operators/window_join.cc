#include "exec/operators/window_join.h"

#include <algorithm>

#include "base/check.h"
#include "exec/event_time.h"
#include "exec/mark_cursor.h"
#include "exec/table_shapes.h"
#include "exec/window_assigner.h"

namespace millrace::exec {

using plan::JoinKind;
using state::Due;
using state::kNoRow;
using state::RowRef;

// One row of a window may match millions; beyond this many pairs they are sent.
static constexpr size_t kFairPairs = 16 * 1024;

WindowJoin::Input WindowJoin::make_input(const plan::Join& node, Side side,
                                         const TaskContext& task) {
  const bool left = side == Side::left;
  const plan::Node& input = *node.inputs[left ? 0 : 1];
  JoinKey key = key_of(node, side);
  state::RowMultimapShape shape{.types = types_of(input.schema),
                                .key = std::move(key.columns),
                                .identity = {},
                                .removes = true,
                                .matches = !left && node.keeps_right()};
  const bool leaves_alone =
      left ? node.keeps_left() || node.join == JoinKind::anti : node.keeps_right();
  return {.rows = JoinSide(std::move(shape), std::move(key.strict), task, left ? "left" : "right"),
          .end_column = left ? node.times->left : node.times->right,
          .leaves_alone = leaves_alone};
}

WindowJoin::WindowJoin(const plan::Join& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      left_(make_input(node, Side::left, task_)),
      right_(make_input(node, Side::right, task_)),
      condition_(node, left_.rows.rows().rows(), right_.rows.rows().rows(), task_),
      joined_(node, left_.rows.rows().rows(), right_.rows.rows().rows()),
      watermark_(task_.state().numbers("watermarks")) {
  watermark_.set_inputs(2);
  fired_ = watermark_.combined();
  for (Input* input : {&left_, &right_}) {
    input->rows.rows().rows().for_each(
        [&](RowRef row) { input->due.add({input->end_of(row), row.number, row}); });
  }
  task_.state().count_beside("due", [this] { return left_.due.memory() + right_.due.memory(); });
}

int64_t WindowJoin::Input::end_of(RowRef row) const {
  return event_time(rows.rows().layout(), rows.rows().row(row), end_column);
}

std::vector<RowRef> WindowJoin::Input::take_due(Watermark now) {
  std::vector<RowRef> taken;
  for (const Due* next = due.next(); next != nullptr && WindowAssigner::has_fired(next->ms, now);
       next = due.next()) {
    taken.push_back(next->row);
    due.pop();
  }
  return taken;
}

void WindowJoin::Input::remove(const std::vector<RowRef>& gone) {
  for (const RowRef row : gone) {
    rows.rows().remove(row);
    rows.rows().rows().let_read_rows_go();
  }
}

void WindowJoin::push(Port port, Batch batch, Output& out) {
  check(batch.insert_only(), "a window join takes insertions only");
  Input& own = port.number == 0 ? left_ : right_;
  own.rows.read(batch);
  const Rows rows = batch.rows();
  const EventTimes ends(batch.columns[own.end_column]);
  const Watermark limit = watermark_.limit_for(port.number);
  MarkCursor marks(batch);
  for (size_t i = 0; i < rows.size(); ++i) {
    marks.pass_until(rows[i], [&](Watermark passed) { fire(std::min(passed, limit), out); });
    if (ends.is_null(rows[i]) || WindowAssigner::has_fired(ends.ms(rows[i]), fired_)) {
      out.late(batch, rows[i], fired_);
    } else {
      ++task_.counts().grouped;
      add(own, i, ends.ms(rows[i]));
    }
  }
  watermark_.raise(port.number, batch.final_watermark().value_or(Watermark::none()));
  finish(out);
}

std::optional<int64_t> WindowJoin::waits_for() const {
  std::optional<int64_t> first;
  for (const Due* next : {left_.due.next(), right_.due.next()}) {
    if (next != nullptr) {
      first = std::min(first.value_or(next->ms), next->ms);
    }
  }
  return first;
}

void WindowJoin::add(Input& own, size_t i, int64_t end_ms) {
  if (own.rows.never_matches(i) && !own.leaves_alone) {
    return;
  }
  const RowRef row = own.rows.rows().add(own.rows.row(i), own.rows.hash(i));
  own.due.add({end_ms, row.number, row});
}

void WindowJoin::fire(Watermark now, Output& out) {
  if (now <= fired_) {
    return;
  }
  fired_ = now;
  const std::vector<RowRef> left = left_.take_due(now);
  const std::vector<RowRef> right = right_.take_due(now);
  join(left, out);
  if (right_.leaves_alone) {
    for (const RowRef row : right) {
      if (right_.rows.rows().matches(row) == 0) {
        joined_.add(kNoRow, row, out);
      }
    }
  }
  joined_.mark(now);
  if (!left.empty() || !right.empty()) {
    joined_.flush(out);
    left_.remove(left);
    right_.remove(right);
  }
}

void WindowJoin::join(const std::vector<RowRef>& left, Output& out) {
  const state::RowMultimap& rows = left_.rows.rows();
  std::vector<RowRef> some;
  for (const RowRef row : left) {
    rows.rows().let_read_rows_go();
    right_.rows.rows().rows().let_read_rows_go();
    const RowRef last = right_.rows.find_match(left_.rows, rows.row(row));
    right_.rows.rows().for_each(last, [&](RowRef match) { pairs_.push_back({row, match}); });
    some.push_back(row);
    ends_.push_back(pairs_.size());
    if (pairs_.size() >= kFairPairs) {
      settle(some, out);
      some.clear();
    }
  }
  settle(some, out);
}

void WindowJoin::settle(const std::vector<RowRef>& left, Output& out) {
  const std::vector<bool> holds = condition_.hold(pairs_, out);
  size_t pair = 0;
  for (size_t i = 0; i < left.size(); ++i) {
    bool matched = false;
    for (; pair < ends_[i]; ++pair) {
      if (!holds[pair]) {
        continue;
      }
      matched = true;
      if (right_.leaves_alone) {
        right_.rows.rows().set_matches(pairs_[pair].right, 1);
      }
      if (!node_->is_semi_or_anti()) {
        joined_.add(left[i], pairs_[pair].right, out);
      }
    }
    if (node_->is_semi_or_anti() ? matched == (node_->join == JoinKind::semi)
                                 : !matched && node_->keeps_left()) {
      joined_.add(left[i], kNoRow, out);
    }
  }
  pairs_.clear();
  ends_.clear();
}

void WindowJoin::finish(Output& out) {
  fire(watermark_.combined(), out);
  joined_.flush(out);
}

void WindowJoin::advance(Port port, Watermark now, Output& out) {
  watermark_.raise(port.number, now);
  finish(out);
  watermark_.pass_idleness(out);
}

void WindowJoin::idle(Port port, Output& out) {
  watermark_.set_idle(port.number);
  finish(out);
  watermark_.pass_idleness(out);
}

void WindowJoin::resume(Port port, Output& out) { watermark_.set_active_and_pass(port, out); }

}  // namespace millrace::exec
