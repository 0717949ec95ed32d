#pragma once

// Column numbers in bound expressions, for whoever moves an expression from one input to another.

#include <cstddef>
#include <set>
#include <vector>

#include "function/expression.h"

namespace millrace::plan {

// The same expression over another input: what was column n is column numbers[n].
function::Expression renumbered(function::Expression expression,
                                const std::vector<size_t>& numbers);

bool is_column(const function::Expression& expression);
void add_columns_of(const function::Expression& expression, std::set<size_t>& columns);

// Columns 0..n-1 of a schema as they are.
std::vector<function::Expression> all_columns(const Schema& schema);
// Whether the first ones are columns 0..n-1 as they are.
bool begins_with_columns(const std::vector<function::Expression>& expressions, size_t n);

}  // namespace millrace::plan
