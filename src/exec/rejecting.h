#pragma once

// Rows that cannot be computed leave their batch for the dead letters; the others go on.

#include <vector>

#include "column/batch.h"
#include "exec/operator.h"
#include "function/scalar.h"

namespace millrace::exec {

// Numbers of physical rows, ascending, as a batch's selection.
using Selection = std::vector<uint32_t>;

// Takes `gone` (ascending) out of the rows that count.
void deselect(Batch& batch, const Selection& gone);

// Rejects the rows that failed and takes them out of the batch.
void reject_failed(Batch& batch, const function::EvaluationContext& context, Output& out);

// Rejects the rows where `column` is NULL, with this reason, and takes them out of the batch.
void reject_null(Batch& batch, size_t column, std::string_view reason, Output& out);

}  // namespace millrace::exec
