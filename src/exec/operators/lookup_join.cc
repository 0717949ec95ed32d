#include "exec/operators/lookup_join.h"

#include "exec/mark_cursor.h"

namespace millrace::exec {

using state::kNoRow;
using state::RowRef;

// What is looked up goes when the table says so, not by the clock.
static constexpr Duration kNeverExpires{};

LookupJoin::LookupJoin(const plan::Join& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      left_(node, Side::left, task_, false, kNeverExpires),
      right_(node, Side::right, task_, false, kNeverExpires),
      condition_(node.condition, node.inputs[0]->schema.size(), node.inputs[1]->schema.size(),
                 task_),
      joined_(node.inputs[0]->schema.size(), &node.output, &node.schema) {}

void LookupJoin::push(Port port, Batch rows, Output& out) {
  task_.counts().grouped += rows.size();
  if (port.number == 0) {
    join(rows, out);
  } else {
    take(rows);
  }
}

void LookupJoin::take(const Batch& batch) {
  const Rows rows = batch.rows();
  right_.read(batch);
  for (size_t i = 0; i < rows.size(); ++i) {
    const RowKind kind = batch.kind(rows[i]);
    if (is_addition(kind)) {
      right_.add(i, 0);
    } else {
      right_.remove(i);
    }
  }
}

void LookupJoin::join(const Batch& batch, Output& out) {
  const Rows rows = batch.rows();
  left_.read(batch);
  joined_.begin(Side::left, batch, right_.rows().rows(), out);
  MarkCursor marks(batch);
  for (size_t from = 0; from < rows.size();) {
    const size_t to = condition_.match(Side::left, batch, left_, right_, from, out);
    for (size_t i = from; i < to; ++i) {
      marks.pass_until(rows[i], [&](Watermark passed) { joined_.mark(passed); });
      const std::span<const RowRef> matches = condition_.of(i - from);
      const RowKind kind = batch.kind(rows[i]);
      if (matches.empty() && node_->keeps_left()) {
        joined_.add(kind, rows[i], kNoRow);
      }
      for (const RowRef other : matches) {
        joined_.add(kind, rows[i], other);
      }
    }
    from = to;
  }
  marks.pass_rest([&](Watermark passed) { joined_.mark(passed); });
  joined_.flush();
}

void LookupJoin::advance(Port port, Watermark now, Output& out) {
  if (port.number == 0) {
    out.advance(now);
  }
}

void LookupJoin::idle(Port port, Output& out) {
  if (port.number == 0) {
    out.idle();
  }
}

void LookupJoin::resume(Port port, Output& out) {
  if (port.number == 0) {
    out.resume();
  }
}

}  // namespace millrace::exec
