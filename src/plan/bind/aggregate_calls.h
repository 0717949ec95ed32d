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

// What is written in the call but a star.
std::vector<const sql::Expression*> written_values(const sql::FunctionCall& call);
// What takes a star is called with one, or with arguments. Throws Error where it is not so.
void check_star(const function::AggregateFunction& function, const sql::FunctionCall& call,
                const Position& at);
// The function for these arguments, of which the first stand in the statement as they are
// `written`. Throws Error where it does not take them.
function::AggregateSignature signature_of(const function::AggregateFunction& function,
                                          const std::vector<function::Expression>& arguments,
                                          const std::vector<const sql::Expression*>& written,
                                          const Position& at);
// DISTINCT of a stream compares no rows and maps, as in Flink. Throws Error where the only argument
// is one.
void check_distinct(const std::vector<function::Expression>& arguments, const Position& at);

// A variance's or standard deviation's value in Flink's type, from what the function gives, a
// DOUBLE of a DECIMAL, and the count of the values it is of, which changes with each.
function::Expression deviation_of(function::Expression deviation, function::Expression count,
                                  const Type& argument, const Position& at);

}  // namespace millrace::plan
