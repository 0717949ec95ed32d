#pragma once

// Calls of aggregate functions as they are written, and those that stand for an expression over
// other aggregates.

#include <optional>
#include <vector>

#include "catalog/function.h"
#include "function/aggregate.h"
#include "function/expression.h"
#include "sql/expression.h"

namespace millrace::plan {

class UserFunctions;

struct WrittenAggregate {
  // A built-in function or one of the user's.
  const function::AggregateFunction* function = nullptr;
  std::shared_ptr<const catalog::Function> own;
  std::vector<const sql::Expression*> arguments;  // none for COUNT(*)
  bool distinct = false;
  bool approximate = false;  // Flink estimates it, and in batch mode alone
  const sql::Expression* filter = nullptr;
};

// Nothing where the expression is no such call, or one with OVER. Throws Error for clauses that
// the function does not take.
// `functions` are the user's; null where there are none.
std::optional<WrittenAggregate> written_aggregate(const sql::Expression& written,
                                                  const UserFunctions* functions);
// The user's aggregate function that the call is of; nullptr where it is another one.
std::shared_ptr<const catalog::Function> own_aggregate(const sql::QualifiedName& name,
                                                       const UserFunctions* functions);

// COUNT has a value or a star; LISTAGG's separator is a literal and PERCENTILE's fraction the same
// for all rows. Throws Error where it is not so.
void check_written(const sql::FunctionCall& call, const Position& at);
// DISTINCT of a stream compares no rows and maps, as in Flink. Throws Error where the only argument
// is one.
void check_distinct(const std::vector<function::Expression>& arguments, const Position& at);

// A variance's or standard deviation's value in Flink's type, from what the function gives, a
// DOUBLE of a DECIMAL, and the count of the values it is of, which changes with each.
function::Expression deviation_of(function::Expression deviation, function::Expression count,
                                  const Type& argument, const Position& at);

}  // namespace millrace::plan
