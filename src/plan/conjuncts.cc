#include "plan/conjuncts.h"

#include <algorithm>

#include "function/scalar.h"
#include "plan/columns.h"

namespace millrace::plan {

using function::Expression;
using function::ExpressionKind;

static bool is_true(const Expression& condition) {
  return condition.kind == ExpressionKind::literal && !condition.literal.is_null(0) &&
         condition.literal.values<uint8_t>()[0] != 0;
}

static void add_conjuncts(const Expression& condition, std::vector<Expression>& conjuncts) {
  if (condition.kind == ExpressionKind::and_) {
    for (const Expression& part : condition.arguments) {
      add_conjuncts(part, conjuncts);
    }
  } else if (!is_true(condition)) {
    conjuncts.push_back(condition);
  }
}

std::vector<Expression> conjuncts_of(const Expression& condition) {
  std::vector<Expression> conjuncts;
  add_conjuncts(condition, conjuncts);
  return conjuncts;
}

std::optional<Expression> conjunction_of(std::vector<Expression> conjuncts) {
  if (conjuncts.size() < 2) {
    return conjuncts.empty() ? std::nullopt : std::optional(std::move(conjuncts.front()));
  }
  bool nullable = false;
  for (const Expression& part : conjuncts) {
    nullable = nullable || part.type.nullable;
  }
  return Expression::of(ExpressionKind::and_, Type::of(TypeKind::boolean, nullable),
                        std::move(conjuncts));
}

// Operators that give NULL for any NULL argument.
static bool is_strict(const Expression& call) {
  using function::Predicate;
  if (call.kind != ExpressionKind::call) {
    return false;
  }
  static constexpr std::string_view kStrict[] = {"+", "-", "*", "/", "%", "||"};
  const Predicate predicate = call.signature->predicate;
  return function::is_comparison(predicate) || predicate == Predicate::like ||
         predicate == Predicate::negation ||
         std::find(std::begin(kStrict), std::end(kStrict), call.signature->name) !=
             std::end(kStrict);
}

static bool is_null_there(const Expression& value, size_t begin, size_t end) {
  if (is_column(value)) {
    return value.column >= begin && value.column < end;
  }
  return (is_strict(value) || value.kind == ExpressionKind::cast) &&
         std::any_of(value.arguments.begin(), value.arguments.end(),
                     [&](const Expression& part) { return is_null_there(part, begin, end); });
}

bool rejects_nulls(const Expression& condition, size_t begin, size_t end) {
  const auto rejects = [&](const Expression& part) { return rejects_nulls(part, begin, end); };
  const auto& parts = condition.arguments;
  if (condition.kind == ExpressionKind::and_) {
    return std::any_of(parts.begin(), parts.end(), rejects);
  }
  if (condition.kind == ExpressionKind::or_) {
    return std::all_of(parts.begin(), parts.end(), rejects);
  }
  if (condition.kind == ExpressionKind::call &&
      condition.signature->predicate == function::Predicate::not_null) {
    return is_null_there(parts[0], begin, end);
  }
  return is_null_there(condition, begin, end);
}

}  // namespace millrace::plan
