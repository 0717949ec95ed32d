#include "exec/operators/values.h"

#include <algorithm>

#include "base/clock.h"
#include "column/nested.h"
#include "exec/rejecting.h"
#include "function/evaluate.h"

namespace millrace::exec {

Values::Values(const plan::Values& node, const TaskContext& task)
    : node_(&node), task_(task), given_(task_.state().numbers("given").at("rows")) {}

bool Values::turn(Emitter& out) {
  if (finished_) {
    return false;
  }
  const auto given = static_cast<size_t>(given_);
  if (given == node_->rows.size()) {
    finished_ = true;
    out.advance(Watermark::end_of_input());
    return true;
  }
  const size_t count = std::min(Batch::kMaxRows, node_->rows.size() - given);
  task_.counts().in += count;
  given_ += static_cast<int64_t>(count);
  out.push(rows(given, count, out));
  return true;
}

Batch Values::rows(size_t from, size_t count, Emitter& out) const {
  Batch batch;
  batch.physical_size = static_cast<uint32_t>(count);
  Batch one;  // a row without columns: what the expressions of VALUES are over
  one.physical_size = 1;
  function::EvaluationContext failures(task_.world().clock->now());
  for (size_t column = 0; column < node_->schema.size(); ++column) {
    const Type& type = node_->schema[column].type;
    std::vector<Column> parts;
    for (size_t row = 0; row < count; ++row) {
      function::EvaluationContext context = task_.evaluation();
      parts.push_back(function::evaluate(node_->rows[from + row][column], one, one.rows(), context)
                          .slice(0, 1)
                          .retyped(type));
      if (context.failed(0)) {
        failures.fail(static_cast<uint32_t>(row), context.failures().front().reason);
      }
    }
    batch.columns.push_back(concatenated(type, parts));
  }
  reject_failed(batch, failures, out);
  return batch;
}

}  // namespace millrace::exec
