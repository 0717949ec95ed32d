#pragma once

// The conditions that planning looks into, whatever they are called in SQL.

#include <cstdint>

namespace millrace::function {

enum class Predicate : uint8_t {
  equal,
  not_equal,
  less,
  less_or_equal,
  greater,
  greater_or_equal,
  same,      // equal, or NULL both: IS NOT DISTINCT FROM
  distinct,  // not the same
  null,
  not_null,
  is_true,  // and neither FALSE nor NULL
  is_false,
  like,
  negation,
  other,
};

// Of two values, and NULL where one of them is.
constexpr bool is_comparison(Predicate predicate) {
  return predicate <= Predicate::greater_or_equal;
}

// b ~ a, from a ~ b.
constexpr Predicate mirrored(Predicate predicate) {
  constexpr Predicate kMirrored[] = {Predicate::equal,   Predicate::not_equal,
                                     Predicate::greater, Predicate::greater_or_equal,
                                     Predicate::less,    Predicate::less_or_equal};
  return is_comparison(predicate) ? kMirrored[static_cast<uint8_t>(predicate)] : predicate;
}

// Of the comparison that holds where this one does not.
constexpr Predicate opposite(Predicate comparison) {
  constexpr Predicate kOpposite[] = {Predicate::not_equal,        Predicate::equal,
                                     Predicate::greater_or_equal, Predicate::greater,
                                     Predicate::less_or_equal,    Predicate::less};
  return is_comparison(comparison) ? kOpposite[static_cast<uint8_t>(comparison)] : comparison;
}

}  // namespace millrace::function
