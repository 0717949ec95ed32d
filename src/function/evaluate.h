#pragma once

// Computes bound expressions over batches, a column at a time.

#include <span>

#include "column/batch.h"
#include "function/expression.h"
#include "function/scalar.h"

namespace millrace::function {

// The value of `expression` for each of `rows`, as a column of batch.physical_size rows. Rows that
// fail are reported to the context and hold anything.
Column evaluate(const Expression& expression, const Batch& batch, const Rows& rows,
                EvaluationContext& context);

// The rows, ascending, for which a boolean expression is TRUE (not FALSE, not NULL, not failed).
std::vector<uint32_t> select_true(const Expression& predicate, const Batch& batch, const Rows& rows,
                                  EvaluationContext& context);

// Constant folding: an expression without columns and volatile calls as a literal; the same
// expression where it has them. Throws Error where the constant itself cannot be computed.
Expression folded(const Expression& expression);

// The cast of a whole column; also what CAST and the binder's implicit casts run.
Column cast(const Column& from, const Type& to, const Rows& rows, bool null_on_failure,
            EvaluationContext& context);
// Whether CAST(from AS to) exists at all.
bool can_cast(const Type& from, const Type& to);
// The type to which both are cast implicitly where they meet (comparison, CASE, UNION); nothing
// where Flink refuses.
std::optional<Type> common_type(const Type& a, const Type& b);
// The same where Flink's SQL looks no further than that two numbers are approximate, in arithmetic
// and in CASE: FLOAT with DOUBLE is what the first of them is.
std::optional<Type> leading_type(const Type& a, const Type& b);
// The type in common where the first value that is there counts, as of COALESCE: a FLOAT behind a
// DECIMAL stays one.
std::optional<Type> present_type(const Type& a, const Type& b);

// A value as text, as CAST(x AS STRING) gives it; "NULL" for NULL. For EXPLAIN, tests and messages.
std::string to_text(const Column& column, size_t row);

}  // namespace millrace::function
