#pragma once

// What a constant says, for clauses and rules that take no other expression.

#include <cstdint>
#include <optional>

#include "function/expression.h"

namespace millrace::plan {

// Of a literal of type INT or BIGINT; nothing of NULL and of other expressions.
std::optional<int64_t> whole_value(const function::Expression& expression);

}  // namespace millrace::plan
