#pragma once

// Conditions as far as contradictions are looked for in them: what they compare with constants, and
// whether two say the same.

#include <optional>

#include "function/expression.h"
#include "function/predicate.h"

namespace millrace::plan {

function::Predicate predicate_of(const function::Expression& expression);
bool is_literal(const function::Expression& expression);
bool is_null(const function::Expression& expression);
bool is_boolean(const function::Expression& expression);

// value ~ constant.
struct WithConstant {
  const function::Expression* value;
  const function::Expression* constant;
  function::Predicate predicate;
};
// Nothing for conditions of another form, and for constants that have no place among the others.
std::optional<WithConstant> with_constant(const function::Expression& condition);

// Two comparisons of the same values: whether the second says what the first does, or the opposite;
// nothing where it says something else.
std::optional<bool> says_same(const function::Expression& a, const function::Expression& b);

}  // namespace millrace::plan
