#include "function/repeated_parts.h"

#include <algorithm>

#include "function/memberships.h"

namespace millrace::function {

static bool is_computed(const Expression& expression) {
  bool has_columns = false;
  expression.visit_columns([&](size_t) { has_columns = true; });
  return has_columns && expression.kind != ExpressionKind::column;
}

static void collect(Expression& expression, std::vector<Expression*>& parts) {
  if (is_computed(expression)) {
    parts.push_back(&expression);
  }
  for (Expression& argument : expression.arguments) {
    collect(argument, parts);
  }
}

std::vector<Expression> with_common_parts(std::vector<Expression> expressions) {
  std::vector<Expression*> parts;
  for (Expression& expression : expressions) {
    expression = with_memberships(std::move(expression));
    collect(expression, parts);
  }
  uint32_t numbers = 0;
  for (auto part = parts.begin(); part != parts.end(); ++part) {
    const auto before = std::find_if(
        parts.begin(), part, [&](const Expression* other) { return other->equals(**part); });
    if (before != part) {
      if ((*before)->common_part == 0) {
        (*before)->common_part = ++numbers;
      }
      (*part)->common_part = (*before)->common_part;
    }
  }
  return expressions;
}

}  // namespace millrace::function
