#include "exec/operators/sink.h"

#include "exec/rejecting.h"

namespace millrace::exec {

static constexpr auto kEnforcer = "table.exec.sink.not-null-enforcer";

SinkOperator::SinkOperator(const plan::Sink& node, Sink& sink, const TaskContext& task)
    : task_(task), drops_(task_.setting(kEnforcer, "ERROR") == "DROP"), sink_(&sink) {
  size_t number = 0;
  for (const catalog::ColumnDefinition& column : node.table->columns) {
    if (column.kind != catalog::ColumnKind::physical) {
      continue;
    }
    if (!column.type.nullable) {
      not_null_.push_back({number, "column '" + column.name + "' of table '" + node.table->name +
                                       "' is NOT NULL, and the value is NULL"});
    }
    ++number;
  }
}

void SinkOperator::drop_null(Batch& rows, size_t column) {
  Selection gone;
  for_each(rows.rows(), [&](uint32_t row) {
    if (rows.columns[column].is_null(row)) {
      gone.push_back(row);
    }
  });
  task_.counts().filtered += gone.size();
  deselect(rows, gone);
}

void SinkOperator::advance(Port, Watermark now, Output& out) {
  sink_->advance(now);
  out.advance(now);
}

void SinkOperator::push(Port, Batch rows, Output& out) {
  for (const NotNull& column : not_null_) {
    if (drops_) {
      drop_null(rows, column.column);
    } else {
      reject_null(rows, column.column, column.reason, out);
    }
  }
  if (!rows.empty()) {
    sink_->write(rows);
  }
  if (const auto now = rows.final_watermark()) {
    sink_->advance(*now);
  }
  // Nobody is behind a sink: this is for the books.
  out.push(std::move(rows));
}

}  // namespace millrace::exec
