#include "exec/operators/project.h"

#include "exec/rejecting.h"
#include "function/evaluate.h"

namespace millrace::exec {

void Project::handle(Batch rows, function::EvaluationContext& context, Output& out) {
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
