#include "exec/operators/filter.h"

#include "exec/rejecting.h"
#include "function/evaluate.h"

namespace millrace::exec {

void Filter::handle(Batch rows, function::EvaluationContext& context, Output& out) {
  const size_t before = rows.size();
  Selection chosen = function::select_true(predicate_.front(), rows, rows.rows(), context);
  for (const auto& failure : context.failures()) {
    out.reject(rows, failure.row, failure.reason);
  }
  task().counts().filtered += before - chosen.size() - context.failures().size();
  if (chosen.size() < before) {
    rows.selection = std::make_shared<const Selection>(std::move(chosen));
  }
  out.push(std::move(rows));
}

}  // namespace millrace::exec
