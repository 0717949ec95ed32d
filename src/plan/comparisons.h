#pragma once

// What the six comparisons say of each other.

#include "function/scalar.h"

namespace millrace::plan {

// = <> < <= > >=, which are NULL where a side is.
constexpr bool is_comparison(function::Predicate predicate) {
  return predicate <= function::Predicate::greater_or_equal;
}

// b ~ a, from a ~ b.
constexpr function::Predicate mirrored(function::Predicate predicate) {
  using function::Predicate;
  constexpr Predicate kMirrored[] = {Predicate::equal,   Predicate::not_equal,
                                     Predicate::greater, Predicate::greater_or_equal,
                                     Predicate::less,    Predicate::less_or_equal};
  return is_comparison(predicate) ? kMirrored[static_cast<size_t>(predicate)] : predicate;
}

// The comparison that holds where this one does not.
constexpr function::Predicate opposite(function::Predicate predicate) {
  using function::Predicate;
  constexpr Predicate kOpposite[] = {Predicate::not_equal,        Predicate::equal,
                                     Predicate::greater_or_equal, Predicate::greater,
                                     Predicate::less_or_equal,    Predicate::less};
  return is_comparison(predicate) ? kOpposite[static_cast<size_t>(predicate)] : predicate;
}

}  // namespace millrace::plan
