#include "plan/bind/correlation.h"

#include <algorithm>

#include "column/builder.h"
#include "function/scalar.h"
#include "plan/bind/aggregate_calls.h"
#include "plan/bind/expressions.h"
#include "plan/bind/queries.h"
#include "plan/columns.h"
#include "plan/conjuncts.h"

namespace millrace::plan {

using function::Expression;
using function::ExpressionKind;

Uses uses_of(const Expression& expression, size_t width) {
  bool outer = false;
  bool inner = false;
  expression.visit_columns([&](size_t column) { (column < width ? outer : inner) = true; });
  return outer && inner ? Uses::both : outer ? Uses::outer : inner ? Uses::inner : Uses::nothing;
}

Expression moved_in(Expression expression, size_t width, size_t inner) {
  std::vector<size_t> numbers(width, 0);
  for (size_t i = 0; i < inner; ++i) {
    numbers.push_back(i);
  }
  return renumbered(std::move(expression), numbers);
}

InnerConditions inner_conditions(const sql::Expression& where, const Scope& outer,
                                 const Scope& inner) {
  const size_t width = outer.columns().size();
  const Scope both = scope_within(outer, inner);
  InnerConditions conditions;
  for (Expression& part : conjuncts_of(ExpressionBinder(&both).bind_condition(where, "WHERE"))) {
    const Uses uses = uses_of(part, width);
    if (uses == Uses::inner || uses == Uses::nothing) {
      conditions.own.push_back(moved_in(std::move(part), width, inner.columns().size()));
    } else {
      conditions.across.push_back(std::move(part));
    }
  }
  return conditions;
}

std::optional<Correlation> correlation_of(const Expression& condition, size_t width, size_t inner) {
  if (condition.kind != ExpressionKind::call ||
      condition.signature->predicate != function::Predicate::equal) {
    return std::nullopt;
  }
  const Expression& a = condition.arguments[0];
  const Expression& b = condition.arguments[1];
  if (uses_of(a, width) == Uses::outer && uses_of(b, width) == Uses::inner) {
    return Correlation{a, moved_in(b, width, inner)};
  }
  if (uses_of(b, width) == Uses::outer && uses_of(a, width) == Uses::inner) {
    return Correlation{b, moved_in(a, width, inner)};
  }
  return std::nullopt;
}

std::optional<CorrelatedKeys> equal_keys(const std::vector<Expression>& conditions, size_t width,
                                         size_t inner) {
  CorrelatedKeys keys;
  for (const Expression& condition : conditions) {
    auto found = correlation_of(condition, width, inner);
    if (!found) {
      return std::nullopt;
    }
    keys.outer.push_back(std::move(found->outer));
    keys.inner.push_back(std::move(found->inner));
  }
  return keys;
}

bool is_null_over_nothing(const sql::Expression& item) {
  const auto aggregate = written_aggregate(item, nullptr);
  return aggregate && aggregate->function->over_nothing == function::OverNothing::null;
}

bool is_count(const sql::Expression& item) {
  const auto aggregate = written_aggregate(item, nullptr);
  return aggregate && aggregate->function->over_nothing == function::OverNothing::zero;
}

Expression zero_for_null(Expression count) {
  ColumnBuilder zero(Type::of(TypeKind::bigint, false));
  zero.add(int64_t{0});
  const Type type = count.type;
  std::vector<Expression> either;
  either.push_back(std::move(count));
  either.push_back(Expression::of_literal(zero.finish()));
  return Expression::of(ExpressionKind::coalesce, type, std::move(either));
}

}  // namespace millrace::plan
