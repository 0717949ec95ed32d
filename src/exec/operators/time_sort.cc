#include "exec/operators/time_sort.h"

#include <algorithm>

#include "exec/event_time.h"
#include "exec/mark_cursor.h"
#include "exec/row_changes.h"
#include "exec/table_shapes.h"

namespace millrace::exec {

TimeSort::TimeSort(const plan::TimeSort& node, const TaskContext& task)
    : node_(&node),
      task_(task),
      waiting_(task_.state().waiting_rows("waiting", types_of(node.inputs[0]->schema))),
      order_(waiting_.layout(), order_of(node.order_by)),
      last_left_(task_.state().numbers("last_left")),
      buffer_(&waiting_.layout()) {}

void TimeSort::push(Port port, Batch batch, Output& out) {
  const Rows rows = batch.rows();
  buffer_.read(batch.columns, rows);
  const EventTimes times(batch.columns[node_->order_by.front().column]);
  MarkCursor marks(batch);
  Watermark now = Watermark::none();
  for (size_t i = 0; i < rows.size(); ++i) {
    marks.pass_until(rows[i], [&](Watermark passed) {
      // Rows leave between the watermarks that they came between, however batches are cut.
      if (waiting_.first().value_or(INT64_MAX) <= passed.ms) {
        if (now > Watermark::none()) {
          out.advance(now);
        }
        emit(passed, out);
      }
      now = passed;
    });
    if (times.is_null(rows[i])) {
      out.reject(batch, rows[i], "the event time is NULL");
    } else if (times.ms(rows[i]) <= last_left_.get().ms) {
      out.late(batch, rows[i], Watermark{last_left_.get().ms});
    } else {
      ++task_.counts().grouped;
      waiting_.add(times.ms(rows[i]), buffer_[i]);
    }
  }
  if (const auto last = batch.final_watermark()) {
    advance(port, *last, out);
  }
}

void TimeSort::advance(Port, Watermark now, Output& out) {
  emit(now, out);
  out.advance(now);
}

void TimeSort::emit(Watermark now, Output& out) {
  while (true) {
    auto due = waiting_.take_until(now.ms, Batch::kMaxRows);
    if (due.empty()) {
      return;
    }
    last_left_.set({due.back().ms});
    std::sort(due.begin(), due.end(), [&](const state::Due& a, const state::Due& b) {
      const int order = order_.compare(waiting_.rows().row(a.row), waiting_.rows().row(b.row));
      return order != 0 ? order < 0 : a.number < b.number;
    });
    RowChanges changes(&waiting_.rows(), RowChanges::Numbers::none);
    for (const auto& row : due) {
      changes.add(RowKind::insert, row.row);
    }
    changes.send(out);
    waiting_.release(due);
    waiting_.rows().let_read_rows_go();
  }
}

}  // namespace millrace::exec
