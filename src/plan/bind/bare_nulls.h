#pragma once

// NULL without a type. Flink takes one where the other operands say what it would be, as in
// comparisons, CASE and COALESCE, and for some functions; elsewhere it must be cast, in a select
// list and in VALUES, too.

#include <string_view>
#include <vector>

#include "sql/expression.h"

namespace millrace::plan {

// Throws where the expression is no more than NULL.
void refuse_bare_null(const sql::Expression& written);
// The same of each of a list.
void refuse_bare_nulls(const std::vector<sql::ExpressionPtr>& list);
bool are_all_null(const std::vector<sql::ExpressionPtr>& list);

// The same of a call's arguments, where the function of this name does not take it in their places.
void refuse_bare_nulls(std::string_view function, const std::vector<sql::ExpressionPtr>& arguments);

}  // namespace millrace::plan
