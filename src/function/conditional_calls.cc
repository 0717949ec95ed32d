#include "function/conditional_calls.h"

#include "base/ascii_case.h"
#include "function/evaluate.h"
#include "function/scalar.h"

namespace millrace::function {

namespace {

using At = std::optional<Position>;

[[noreturn]] void refuse(std::string_view name, const std::vector<Expression>& arguments,
                         const At& at, std::string_view remedy = "") {
  std::string given;
  for (const Expression& argument : arguments) {
    given += (given.empty() ? "" : ", ") + argument.type.to_string();
  }
  throw Error(ErrorCode::type_mismatch,
              std::string(name) + " does not take (" + given + ")" + std::string(remedy), at);
}

// Flink's IF has no values with parts, and no intervals.
bool is_of_if(const Type& type) {
  return type.physical() != Physical::nested && type.kind != TypeKind::interval_ms &&
         type.kind != TypeKind::interval_month;
}

Expression converted(Expression expression, const Type& to) {
  if (expression.type.same_but_nullability(to)) {
    return expression;
  }
  const Type type = to.as_nullable(expression.type.nullable);
  std::vector<Expression> argument;
  argument.push_back(std::move(expression));
  return Expression::of(ExpressionKind::cast, type, std::move(argument));
}

Expression null_of(const Type& type) {
  return Expression::of_literal(Column::null(type, 1).gather(std::vector<uint32_t>{0}));
}

// Of timestamps IF has the type of the first one.
std::optional<Type> type_of_if(const Type& a, const Type& b) {
  return a.is_timestamp() && b.is_timestamp()
             ? std::optional(a.as_nullable(a.nullable || b.nullable))
             : leading_type(a, b);
}

// IF(condition, a, b): CASE WHEN condition THEN a ELSE b END.
Expression as_case(std::vector<Expression> arguments, const At& at) {
  const bool fits = arguments.size() == 3 && (arguments[0].type.kind == TypeKind::boolean ||
                                              arguments[0].type.kind == TypeKind::null_);
  std::optional<Type> common =
      fits ? type_of_if(arguments[1].type, arguments[2].type) : std::nullopt;
  if (!common) {
    refuse("IF", arguments, at);
  }
  if (!is_of_if(*common)) {
    refuse("IF", arguments, at, ": CASE WHEN ... THEN ... ELSE ... END does");
  }
  // As Flink has it, whose IF is NULL by type where its condition may be.
  common->nullable = common->nullable || arguments[0].type.nullable;
  arguments[0] = converted(std::move(arguments[0]), Type::of(TypeKind::boolean));
  arguments[1] = converted(std::move(arguments[1]), *common);
  arguments[2] = converted(std::move(arguments[2]), *common);
  return Expression::of(ExpressionKind::case_, *common, std::move(arguments));
}

// NULLIF(a, b): CASE WHEN a = b THEN NULL ELSE a END.
Expression as_null_if_equal(std::vector<Expression> arguments, const At& at) {
  if (arguments.size() != 2) {
    refuse("NULLIF", arguments, at);
  }
  const std::vector<Type> types = {arguments[0].type, arguments[1].type};
  std::optional<ScalarSignature> equal = find_scalar("=")->bind(types);
  // A number and a text are not compared, as by = (plan/bind/operators.cc).
  const bool as_text = (types[0].is_numeric() && types[1].is_string()) ||
                       (types[0].is_string() && types[1].is_numeric());
  if (!equal || as_text) {
    refuse("NULLIF", arguments, at);
  }
  const Expression value = arguments[0];
  for (size_t i = 0; i < arguments.size(); ++i) {
    arguments[i] = converted(std::move(arguments[i]), equal->arguments[i]);
  }
  const Type type = value.type.as_nullable();
  std::vector<Expression> parts;
  parts.push_back(Expression::of_call(std::make_shared<ScalarSignature>(std::move(*equal)),
                                      std::move(arguments)));
  parts.push_back(null_of(type));
  parts.push_back(value);
  return Expression::of(ExpressionKind::case_, type, std::move(parts));
}

// IFNULL(a, b): COALESCE(a, b).
Expression as_coalesce(std::vector<Expression> arguments, const At& at) {
  const std::optional<Type> common =
      arguments.size() == 2 ? present_type(arguments[0].type, arguments[1].type) : std::nullopt;
  if (!common) {
    refuse("IFNULL", arguments, at);
  }
  if (!arguments[0].type.nullable && arguments[0].type.is_string()) {
    return std::move(arguments[0]);  // Flink's planner keeps the type of a text that is there
  }
  const bool nullable = arguments[0].type.nullable && arguments[1].type.nullable;
  for (Expression& argument : arguments) {
    argument = converted(std::move(argument), *common);
  }
  return Expression::of(ExpressionKind::coalesce, common->as_nullable(nullable),
                        std::move(arguments));
}

}  // namespace

std::optional<Expression> as_conditional(std::string_view name, std::vector<Expression> arguments,
                                         const std::optional<Position>& at) {
  const std::string upper = upper_case(name);
  if (upper == "IF") {
    return as_case(std::move(arguments), at);
  }
  if (upper == "NULLIF") {
    return as_null_if_equal(std::move(arguments), at);
  }
  if (upper == "IFNULL") {
    return as_coalesce(std::move(arguments), at);
  }
  return std::nullopt;
}

std::span<const ConditionalFunction> all_conditionals() {
  static constexpr ConditionalFunction kFunctions[] = {
      {"COALESCE", "COALESCE(value, ...)", "The first value that is not NULL."},
      {"IF", "IF(condition, then, otherwise)", "One of two values."},
      {"IFNULL", "IFNULL(value, otherwise)", "The value, or another where it is NULL."},
      {"NULLIF", "NULLIF(value, other)", "The value, or NULL where it equals the other."},
  };
  return kFunctions;
}

}  // namespace millrace::function
