#include "plan/columns.h"

#include "base/check.h"

namespace millrace::plan {

function::Expression renumbered(function::Expression expression,
                                const std::vector<size_t>& numbers) {
  if (is_column(expression)) {
    check(expression.column < numbers.size(), "a column without a new number");
    expression.column = numbers[expression.column];
  }
  for (function::Expression& argument : expression.arguments) {
    argument = renumbered(std::move(argument), numbers);
  }
  return expression;
}

bool is_column(const function::Expression& expression) {
  return expression.kind == function::ExpressionKind::column;
}

void add_columns_of(const function::Expression& expression, std::set<size_t>& columns) {
  expression.visit_columns([&](size_t column) { columns.insert(column); });
}

std::vector<function::Expression> all_columns(const Schema& schema) {
  std::vector<function::Expression> columns;
  for (size_t i = 0; i < schema.size(); ++i) {
    columns.push_back(function::Expression::of_column(i, schema[i].type));
  }
  return columns;
}

bool begins_with_columns(const std::vector<function::Expression>& expressions, size_t n) {
  if (expressions.size() < n) {
    return false;
  }
  for (size_t i = 0; i < n; ++i) {
    if (!is_column(expressions[i]) || expressions[i].column != i) {
      return false;
    }
  }
  return true;
}

}  // namespace millrace::plan
