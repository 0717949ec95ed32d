#include "function/expression.h"

#include "base/check.h"
#include "column/physical.h"
#include "function/evaluate.h"
#include "function/scalar.h"
#include "function/value/nested_equality.h"

namespace millrace::function {

Expression Expression::of_column(size_t number, Type type) {
  Expression expression = of(ExpressionKind::column, std::move(type), {});
  expression.column = number;
  return expression;
}

Expression Expression::of_literal(Column one_row) {
  check(one_row.size() == 1, "a literal is one value");
  Expression expression = of(ExpressionKind::literal, one_row.type(), {});
  expression.literal = std::move(one_row);
  return expression;
}

Expression Expression::of_call(std::shared_ptr<const ScalarSignature> signature,
                               std::vector<Expression> arguments) {
  check(signature->arguments.size() == arguments.size());
  Expression expression = of(ExpressionKind::call, signature->result, std::move(arguments));
  expression.signature = std::move(signature);
  return expression;
}

Expression Expression::of(ExpressionKind kind, Type type, std::vector<Expression> arguments) {
  Expression expression;
  expression.kind = kind;
  expression.type = std::move(type);
  expression.arguments = std::move(arguments);
  return expression;
}

static bool same_literal(const Column& a, const Column& b) {
  if (a.type().physical() == Physical::nested) {
    // By their text as well: a map's entries are shown in their order.
    return a.type() == b.type() && equal_values(a, 0, b, 0) && to_text(a, 0) == to_text(b, 0);
  }
  if (a.is_null(0) || b.is_null(0)) {
    return a.is_null(0) && b.is_null(0);
  }
  return with_physical(a.type().physical(), [&](auto zero) {
    using T = decltype(zero);
    return View<T>(a)[0] == View<T>(b)[0];
  });
}

static bool same_function(const ScalarSignature& a, const ScalarSignature& b) {
  return a.kernel == b.kernel && a.name == b.name && a.arguments == b.arguments &&
         a.foreign == b.foreign && a.volatility != Volatility::per_row;
}

bool Expression::equals(const Expression& other) const {
  if (kind != other.kind || type != other.type || arguments.size() != other.arguments.size()) {
    return false;
  }
  if (kind == ExpressionKind::column && column != other.column) {
    return false;
  }
  if (kind == ExpressionKind::literal && !same_literal(literal, other.literal)) {
    return false;
  }
  if (kind == ExpressionKind::call && !same_function(*signature, *other.signature)) {
    return false;
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].equals(other.arguments[i])) {
      return false;
    }
  }
  return true;
}

Expression Expression::substituted(const std::vector<Expression>& replacements) const {
  if (kind == ExpressionKind::column) {
    check(column < replacements.size());
    return replacements[column];
  }
  Expression result = *this;
  for (Expression& argument : result.arguments) {
    argument = argument.substituted(replacements);
  }
  return result;
}

static std::string literal_text(const Column& literal) {
  const Type& type = literal.type();
  const std::string text = to_text(literal, 0);
  if (literal.is_null(0) || type.is_numeric() || type.kind == TypeKind::boolean ||
      type.physical() == Physical::nested) {
    return text;
  }
  std::string quoted = "'";
  for (const char c : text) {
    quoted.append(c == '\'' ? 2 : 1, c);
  }
  return quoted + "'";
}

static std::string joined(const std::vector<Expression>& expressions, const char* separator,
                          const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < expressions.size(); ++i) {
    text += (i > 0 ? separator : "") + expressions[i].to_string(names);
  }
  return text;
}

// Operators by their sign stand between or behind their arguments, as they were written.
static std::string call_text(const Expression& call, const std::vector<std::string>& names) {
  const std::string& name = call.signature->name;
  const bool is_sign = name.find_first_of("+-*/%<>=|") != std::string::npos;
  const bool is_word_between =
      name == "LIKE" || name == "IS DISTINCT FROM" || name == "IS NOT DISTINCT FROM";
  if (call.arguments.size() == 2 && (is_sign || is_word_between)) {
    return "(" + joined(call.arguments, (" " + name + " ").c_str(), names) + ")";
  }
  if (name.starts_with('.')) {
    return call.arguments[0].to_string(names) + name;
  }
  if (name == "[]") {
    return call.arguments[0].to_string(names) + "[" + call.arguments[1].to_string(names) + "]";
  }
  if (call.arguments.size() == 1 && name.starts_with("IS ")) {
    return "(" + call.arguments[0].to_string(names) + " " + name + ")";
  }
  return name + "(" + joined(call.arguments, ", ", names) + ")";
}

static std::string case_text(const Expression& expression, const std::vector<std::string>& names) {
  std::string text = "CASE";
  const std::vector<Expression>& parts = expression.arguments;
  for (size_t i = 0; i + 1 < parts.size(); i += 2) {
    text += " WHEN " + parts[i].to_string(names) + " THEN " + parts[i + 1].to_string(names);
  }
  return text + " ELSE " + parts.back().to_string(names) + " END";
}

std::string Expression::to_string(const std::vector<std::string>& names) const {
  switch (kind) {
    case ExpressionKind::column:
      return column < names.size() ? names[column] : "$" + std::to_string(column);
    case ExpressionKind::literal: return literal_text(literal);
    case ExpressionKind::call: return call_text(*this, names);
    case ExpressionKind::cast:
      return "CAST(" + arguments[0].to_string(names) + " AS " + type.as_nullable().to_string() +
             ")";
    case ExpressionKind::try_cast:
      return "TRY_CAST(" + arguments[0].to_string(names) + " AS " + type.as_nullable().to_string() +
             ")";
    case ExpressionKind::and_: return "(" + joined(arguments, " AND ", names) + ")";
    case ExpressionKind::or_: return "(" + joined(arguments, " OR ", names) + ")";
    case ExpressionKind::case_: return case_text(*this, names);
    case ExpressionKind::coalesce: return "COALESCE(" + joined(arguments, ", ", names) + ")";
  }
  check(false, "expression kind outside the enumeration");
  return "";
}

}  // namespace millrace::function
