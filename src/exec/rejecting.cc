#include "exec/rejecting.h"

#include <algorithm>

namespace millrace::exec {

void deselect(Batch& batch, const Selection& gone) {
  if (gone.empty()) {
    return;
  }
  auto kept = std::make_shared<Selection>();
  kept->reserve(batch.size() - gone.size());
  auto next = gone.begin();
  for_each(batch.rows(), [&](uint32_t row) {
    if (next != gone.end() && *next == row) {
      ++next;
    } else {
      kept->push_back(row);
    }
  });
  batch.selection = std::move(kept);
}

void reject_failed(Batch& batch, const function::EvaluationContext& context, Output& out) {
  Selection gone;
  for (const auto& failure : context.failures()) {
    out.reject(batch, failure.row, failure.reason);
    gone.push_back(failure.row);
  }
  std::sort(gone.begin(), gone.end());
  deselect(batch, gone);
}

void reject_null(Batch& batch, size_t column, std::string_view reason, Output& out) {
  const Column& values = batch.columns[column];
  if (!values.may_have_nulls()) {
    return;
  }
  Selection gone;
  for_each(batch.rows(), [&](uint32_t row) {
    if (values.is_null(row)) {
      out.reject(batch, row, reason);
      gone.push_back(row);
    }
  });
  deselect(batch, gone);
}

}  // namespace millrace::exec
