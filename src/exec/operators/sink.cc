#include "exec/operators/sink.h"

#include "exec/rejecting.h"

namespace millrace::exec {

SinkOperator::SinkOperator(const plan::Sink& node, Sink& sink) : sink_(&sink) {
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

void SinkOperator::push(Port, Batch rows, Output& out) {
  for (const NotNull& column : not_null_) {
    reject_null(rows, column.column, column.reason, out);
  }
  if (!rows.empty()) {
    sink_->write(rows);
  }
  // Nobody is behind a sink: this is for the books.
  out.push(std::move(rows));
}

}  // namespace millrace::exec
