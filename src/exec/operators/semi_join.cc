#include "exec/operators/semi_join.h"

#include "exec/mark_cursor.h"
#include "exec/rejecting.h"

namespace millrace::exec {

using state::kNoRow;
using state::RowRef;

SemiJoin::SemiJoin(const plan::Join& node, const TaskContext& task)
    : task_(task),
      anti_(node.join == plan::JoinKind::anti),
      left_(node, Side::left, task_, true, node.state_ttl_of(0)),
      right_(node, Side::right, task_, false, node.state_ttl_of(1)),
      condition_(node.condition, node.inputs[0]->schema.size(), node.inputs[1]->schema.size(),
                 task_),
      joined_(node.inputs[0]->schema.size(), &node.output, &node.schema),
      watermark_(task_.state().numbers("watermarks")) {
  watermark_.set_inputs(2);
}

void SemiJoin::push(Port port, Batch rows, Output& out) {
  const bool moves_time = !rows.marks.empty();
  left_.drop_expired();
  right_.drop_expired();
  task_.counts().grouped += rows.size();
  if (port.number == 0) {
    take_left(std::move(rows), out);
  } else {
    take_right(rows, out);
  }
  if (moves_time) {
    watermark_.pass_idleness(out);
  }
}

void SemiJoin::take_left(Batch batch, Output& out) {
  const Rows rows = batch.rows();
  left_.read(batch);
  joined_.begin(Side::left, batch, right_.rows().rows(), out);
  const auto pass = [&](Watermark passed) { pass_mark(watermark_, Port{0}, passed, joined_); };
  MarkCursor marks(batch);
  for (size_t from = 0; from < rows.size();) {
    const size_t to = condition_.match(Side::left, batch, left_, right_, from, out);
    for (size_t i = from; i < to; ++i) {
      marks.pass_until(rows[i], pass);
      const size_t matches = condition_.of(i - from).size();
      const RowKind kind = batch.kind(rows[i]);
      if ((matches == 0) == anti_) {
        joined_.add(kind, rows[i], kNoRow);
      }
      if (is_addition(kind)) {
        left_.add(i, static_cast<uint32_t>(matches));
      } else {
        left_.remove(i);
      }
    }
    from = to;
  }
  marks.pass_rest(pass);
  joined_.flush();
}

void SemiJoin::take_right(const Batch& batch, Output& out) {
  const Rows rows = batch.rows();
  right_.read(batch);
  joined_.begin(Side::right, batch, left_.rows().rows(), out);
  const auto pass = [&](Watermark passed) { pass_mark(watermark_, Port{1}, passed, joined_); };
  MarkCursor marks(batch);
  for (size_t from = 0; from < rows.size();) {
    const size_t to = condition_.match(Side::right, batch, right_, left_, from, out);
    for (size_t i = from; i < to; ++i) {
      marks.pass_until(rows[i], pass);
      const RowKind kind = batch.kind(rows[i]);
      if (!is_addition(kind)) {
        right_.remove(i);
        match_went(kind, condition_.of(i - from));
      } else if (right_.add(i, 0) == JoinSide::Added::anew) {
        match_came(kind, condition_.of(i - from));
      }
    }
    from = to;
  }
  marks.pass_rest(pass);
  joined_.flush();
}

void SemiJoin::match_came(RowKind kind, std::span<const RowRef> lefts) {
  uint32_t before = 0;
  RowRef last = kNoRow;  // equal rows follow one another, and share their number of matches
  for (const RowRef left : lefts) {
    before = left == last ? before : left_.rows().matches(left);
    if (before == 0) {
      joined_.add(anti_ ? RowKind::delete_ : kind, kNoInputRow, left);
    }
    if (left != last) {
      left_.set_matches(left, before + 1);
    }
    last = left;
  }
}

void SemiJoin::match_went(RowKind kind, std::span<const RowRef> lefts) {
  uint32_t before = 0;
  RowRef last = kNoRow;
  for (const RowRef left : lefts) {
    before = left == last ? before : left_.rows().matches(left);
    if (before == 1) {
      joined_.add(anti_ ? RowKind::insert : kind, kNoInputRow, left);
    }
    if (left != last && before > 0) {
      left_.set_matches(left, before - 1);
    }
    last = left;
  }
}

void SemiJoin::advance(Port port, Watermark now, Output& out) {
  watermark_.raise_and_pass(port, now, out);
}

void SemiJoin::idle(Port port, Output& out) { watermark_.set_idle_and_pass(port, out); }

void SemiJoin::resume(Port port, Output& out) { watermark_.set_active_and_pass(port, out); }

}  // namespace millrace::exec
