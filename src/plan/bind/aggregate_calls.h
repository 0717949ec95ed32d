#pragma once

// Calls of aggregate functions as they are written, and those that stand for an expression over
// other aggregates.

#include <optional>
#include <vector>

#include "function/aggregate.h"
#include "function/expression.h"
#include "sql/expression.h"

namespace millrace::plan {

struct WrittenAggregate {
  const function::AggregateFunction* function = nullptr;
  std::vector<const sql::Expression*> arguments;  // none for COUNT(*)
  bool distinct = false;
  const sql::Expression* filter = nullptr;
};

// Nothing where the expression is no such call, or one with OVER. Throws Error for what Flink knows
// and computes in batch mode alone, and for clauses that the function does not take.
std::optional<WrittenAggregate> written_aggregate(const sql::Expression& written);

// Whether the function is a variance or a standard deviation.
bool is_deviation(std::string_view function);
// Its value in Flink's type, from what the function gives and the count of the values it is of.
// Flink computes it of several aggregates, so that a group changes with each value that counts, be
// the result as it was: hence the count.
function::Expression deviation_of(function::Expression deviation, function::Expression count,
                                  const Type& argument, const Position& at);

// Whether a group's value can be NULL only where its argument is: of functions that pass over NULL
// and cannot overflow, over groups that have a row.
bool is_null_as_argument(const function::AggregateSignature& signature);

}  // namespace millrace::plan
