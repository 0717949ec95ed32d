#include "exec/operators/join.h"

#include "exec/join_condition.h"
#include "exec/mark_cursor.h"

namespace millrace::exec {

using state::kNoRow;
using state::RowRef;

Join::Join(const plan::Join& node, const TaskContext& task)
    : task_(task),
      left_(node, Side::left, task_, node.keeps_left(), node.state_ttl_of(0)),
      right_(node, Side::right, task_, node.keeps_right(), node.state_ttl_of(1)),
      condition_(node.condition, node.inputs[0]->schema.size(), node.inputs[1]->schema.size(),
                 task_),
      joined_(node.inputs[0]->schema.size(), &node.output, &node.schema),
      watermark_(task_.state().numbers("watermarks")) {
  watermark_.set_inputs(2);
}

void Join::push(Port port, Batch rows, Output& out) {
  join(port, rows, out);
  if (!rows.marks.empty()) {
    watermark_.pass_idleness(out);
  }
}

void Join::join(Port port, const Batch& batch, Output& out) {
  const Side side = port.number == 0 ? Side::left : Side::right;
  JoinSide& own = side == Side::left ? left_ : right_;
  JoinSide& others = side == Side::left ? right_ : left_;
  const Rows rows = batch.rows();
  own.drop_expired();
  others.drop_expired();
  own.read(batch);
  joined_.begin(side, batch, others.rows().rows(), out);
  const auto pass = [&](Watermark passed) { pass_mark(watermark_, port, passed, joined_); };
  MarkCursor marks(batch);
  for (size_t from = 0; from < rows.size();) {
    // The other side stays as it is while this one's rows go through, but for the counts.
    const size_t to = condition_.match(side, batch, own, others, from, out);
    for (size_t i = from; i < to; ++i) {
      marks.pass_until(rows[i], pass);
      own.prefetch_for(own, i);
      const RowKind kind = batch.kind(rows[i]);
      if (is_addition(kind)) {
        add(own, others, kind, i, rows[i], condition_.of(i - from));
      } else {
        remove(own, others, kind, i, rows[i], condition_.of(i - from));
      }
    }
    from = to;
  }
  marks.pass_rest(pass);
  joined_.flush();
  task_.counts().grouped += rows.size();
}

void Join::add(JoinSide& own, JoinSide& others, RowKind kind, size_t i, uint32_t row,
               std::span<const RowRef> matches) {
  const bool pads = own.counts_matches();
  const auto added = own.add(i, static_cast<uint32_t>(matches.size()));
  if (matches.empty() && pads) {
    joined_.add(RowKind::insert, row, kNoRow);
  }
  const RowKind joined = pads || others.counts_matches() ? RowKind::insert : kind;
  uint32_t before = 0;
  RowRef last = kNoRow;  // equal rows follow one another, and share their number of matches
  for (const RowRef other : matches) {
    if (others.counts_matches()) {
      before = other == last ? before : others.rows().matches(other);
      if (before == 0) {
        joined_.add(RowKind::delete_, kNoInputRow, other);
      }
      // One that took another's place matched with that.
      if (other != last && (before == 0 || added == JoinSide::Added::anew)) {
        others.set_matches(other, before + 1);
      }
      last = other;
    }
    joined_.add(joined, row, other);
  }
}

void Join::remove(JoinSide& own, JoinSide& others, RowKind kind, size_t i, uint32_t row,
                  std::span<const RowRef> matches) {
  const bool pads = own.counts_matches();
  own.remove(i);
  if (matches.empty() && pads) {
    joined_.add(RowKind::delete_, row, kNoRow);
  }
  uint32_t before = 0;
  RowRef last = kNoRow;
  for (const RowRef other : matches) {
    joined_.add(pads ? RowKind::delete_ : kind, row, other);
    if (others.counts_matches()) {
      before = other == last ? before : others.rows().matches(other);
      if (before == 1) {
        joined_.add(RowKind::insert, kNoInputRow, other);
      }
      if (other != last && before > 0) {
        others.set_matches(other, before - 1);
      }
      last = other;
    }
  }
}

void Join::advance(Port port, Watermark now, Output& out) {
  watermark_.raise_and_pass(port, now, out);
}

void Join::idle(Port port, Output& out) { watermark_.set_idle_and_pass(port, out); }

void Join::resume(Port port, Output& out) { watermark_.set_active_and_pass(port, out); }

}  // namespace millrace::exec
