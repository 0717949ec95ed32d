#include "exec/operators/filter.h"

#include "base/clock.h"
#include "exec/rejecting.h"
#include "function/evaluate.h"

namespace millrace::exec {

void Filter::push(Port, Batch rows, Output& out) {
  slices_.for_each(std::move(rows),
                   [&](Batch part, Watermark now) { filter(std::move(part), now, out); });
}

void Filter::advance(Port, Watermark now, Output& out) {
  slices_.advance(now);
  out.advance(now);
}

void Filter::filter(Batch rows, Watermark now, Output& out) {
  const size_t before = rows.size();
  function::EvaluationContext context(task_.world().clock->now(), task_.world().random);
  context.set_watermark(now);
  Selection chosen = function::select_true(predicate_.front(), rows, rows.rows(), context);
  for (const auto& failure : context.failures()) {
    out.reject(rows, failure.row, failure.reason);
  }
  task_.counts().filtered += before - chosen.size() - context.failures().size();
  if (chosen.size() < before) {
    rows.selection = std::make_shared<const Selection>(std::move(chosen));
  }
  out.push(std::move(rows));
}

}  // namespace millrace::exec
