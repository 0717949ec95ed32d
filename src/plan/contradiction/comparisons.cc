#include "plan/contradiction/comparisons.h"

#include <cmath>

#include "function/scalar.h"
#include "function/types.h"

namespace millrace::plan {

using function::Expression;
using function::ExpressionKind;
using function::Predicate;

Predicate predicate_of(const Expression& expression) {
  return expression.kind == ExpressionKind::call ? expression.signature->predicate
                                                 : Predicate::other;
}

bool is_literal(const Expression& expression) { return expression.kind == ExpressionKind::literal; }
bool is_null(const Expression& expression) {
  return is_literal(expression) && expression.literal.is_null(0);
}
// Which has no place among the other numbers: all differ from it, and it from itself.
static bool is_nan(const Expression& literal) {
  const Column& value = literal.literal;
  return !is_null(literal) &&
         ((literal.type.kind == TypeKind::double_ && std::isnan(value.values<double>()[0])) ||
          (literal.type.kind == TypeKind::float_ && std::isnan(value.values<float>()[0])));
}
bool is_boolean(const Expression& expression) { return expression.type.kind == TypeKind::boolean; }

// Whether all values of a type are the same ones in the other, in the same order.
static bool is_widened(const Type& from, const Type& to) {
  if (to.kind == TypeKind::varchar) {
    return from.is_string() && from.precision <= to.precision;
  }
  if (to.kind == TypeKind::decimal) {
    if (!from.is_integer() && from.kind != TypeKind::decimal) {
      return false;
    }
    const Type exact = function::as_decimal(from);
    return exact.scale <= to.scale && exact.precision - exact.scale <= to.precision - to.scale;
  }
  if (to.kind == TypeKind::double_) {
    return (from.is_integer() && from.kind != TypeKind::bigint) || from.kind == TypeKind::float_;
  }
  return (from.is_integer() && to.is_integer() && from.kind <= to.kind) ||
         (from.is_timestamp() && from.kind == to.kind && from.precision <= to.precision);
}

// To be compared by order a number or a text takes a wider type, in which it comes where it came.
static const Expression& without_cast(const Expression& value) {
  const Expression* bare = &value;
  while (bare->kind == ExpressionKind::cast && is_widened(bare->arguments[0].type, bare->type)) {
    bare = &bare->arguments[0];
  }
  return *bare;
}

std::optional<WithConstant> with_constant(const Expression& condition) {
  const Predicate predicate = predicate_of(condition);
  const bool is_equality = predicate == Predicate::equal || predicate == Predicate::not_equal ||
                           predicate == Predicate::same || predicate == Predicate::distinct;
  if (!is_equality && !function::is_comparison(predicate)) {
    return std::nullopt;
  }
  const Expression& left = condition.arguments[0];
  const Expression& right = condition.arguments[1];
  if (is_literal(left) == is_literal(right) || left.type.physical() == Physical::nested ||
      left.type.is_without_order()) {
    return std::nullopt;
  }
  const Expression& value = is_literal(left) ? right : left;
  const Expression& constant = is_literal(left) ? left : right;
  if (is_nan(constant)) {
    return std::nullopt;
  }
  return WithConstant{is_equality ? &value : &without_cast(value), &constant,
                      is_literal(left) ? function::mirrored(predicate) : predicate};
}

std::optional<bool> says_same(const Expression& a, const Expression& b) {
  if (a.equals(b)) {
    return true;
  }
  const Predicate of_a = predicate_of(a);
  const Predicate of_b = predicate_of(b);
  if (!function::is_comparison(of_a) || of_b != function::opposite(of_a)) {
    return std::nullopt;
  }
  const bool has_sides = of_a != Predicate::equal && of_a != Predicate::not_equal;
  const bool is_opposite =
      (a.arguments[0].equals(b.arguments[0]) && a.arguments[1].equals(b.arguments[1])) ||
      (!has_sides && a.arguments[0].equals(b.arguments[1]) &&
       a.arguments[1].equals(b.arguments[0]));
  return is_opposite ? std::optional(false) : std::nullopt;
}

}  // namespace millrace::plan
