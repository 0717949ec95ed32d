#include "exec/operators/union_all.h"

#include <algorithm>

namespace millrace::exec {

UnionAll::UnionAll(const plan::UnionAll& node, const TaskContext& task)
    : watermark_(task.state().numbers("watermarks")) {
  watermark_.set_inputs(node.inputs.size());
}

void UnionAll::push(Port port, Batch rows, Output& out) {
  // Each mark of this input moves the whole as far as the other inputs allow.
  const Watermark limit = watermark_.limit_for(port.number);
  Watermark reached = watermark_.combined();
  std::vector<Mark> marks;
  for (const Mark& mark : rows.marks) {
    const Watermark now = std::min(mark.watermark, limit);
    if (now > reached) {
      marks.push_back({mark.row, now});
      reached = now;
    }
  }
  watermark_.raise(port.number, rows.final_watermark().value_or(Watermark::none()));
  rows.marks = std::move(marks);
  out.push(std::move(rows));
}

void UnionAll::advance(Port port, Watermark now, Output& out) {
  watermark_.raise_and_pass(port, now, out);
}

void UnionAll::idle(Port port, Output& out) { watermark_.set_idle_and_pass(port, out); }

void UnionAll::resume(Port port, Output& out) { watermark_.set_active_and_pass(port, out); }

}  // namespace millrace::exec
