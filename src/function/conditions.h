#pragma once

// The expressions whose arguments see only the rows that need them: AND, OR, CASE, COALESCE.

#include "function/evaluate.h"

namespace millrace::function {

Column evaluate_logic(const Expression& expression, const Batch& batch, const Rows& rows,
                      EvaluationContext& context);
Column evaluate_case(const Expression& expression, const Batch& batch, const Rows& rows,
                     EvaluationContext& context);
Column evaluate_coalesce(const Expression& expression, const Batch& batch, const Rows& rows,
                         EvaluationContext& context);

}  // namespace millrace::function
