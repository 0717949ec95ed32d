#include "exec/operators/project.h"

#include "base/clock.h"
#include "exec/rejecting.h"
#include "function/evaluate.h"

namespace millrace::exec {

void Project::push(Port, Batch rows, Output& out) {
  slices_.for_each(std::move(rows),
                   [&](Batch part, Watermark now) { project(std::move(part), now, out); });
}

void Project::advance(Port, Watermark now, Output& out) {
  slices_.advance(now);
  out.advance(now);
}

void Project::project(Batch rows, Watermark now, Output& out) {
  function::EvaluationContext context(task_.world().clock->now(), task_.world().random);
  context.set_watermark(now);
  std::vector<Column> columns;
  columns.reserve(expressions_.size());
  for (const function::Expression& expression : expressions_) {
    columns.push_back(function::evaluate(expression, rows, rows.rows(), context));
  }
  // Rejected as they came in: the row that went out was never whole.
  reject_failed(rows, context, out);
  rows.columns = std::move(columns);
  out.push(std::move(rows));
}

}  // namespace millrace::exec
