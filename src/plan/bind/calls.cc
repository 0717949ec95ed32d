// Calls and casts: what binding has in common whatever was written.

#include <algorithm>

#include "base/similar.h"
#include "function/aggregate.h"
#include "function/conditional_calls.h"
#include "function/evaluate.h"
#include "function/scalar.h"
#include "plan/bind/expressions.h"
#include "plan/bind/window_functions.h"
#include "sql/name.h"

namespace millrace::plan {

using function::Expression;
using function::ExpressionKind;

static std::string types_text(const std::vector<Type>& types) {
  std::string text;
  for (const Type& type : types) {
    text += (text.empty() ? "" : ", ") + type.as_nullable().to_string();
  }
  return text;
}

void refuse_aggregate(std::string_view name, const Position& at) {
  if (function::find_aggregate(name) != nullptr && function::find_scalar(name) == nullptr) {
    throw Error(ErrorCode::invalid_argument,
                "aggregate function " + std::string(name) +
                    " can only stand in the select list or in HAVING",
                at);
  }
}

static std::string text_of(const sql::QualifiedName& name) {
  std::string text;
  for (const sql::Name& part : name.parts) {
    text += (text.empty() ? "" : ".") + part.text;
  }
  return text;
}

void fail_unknown_function(const sql::QualifiedName& name, std::vector<std::string> known,
                           const Position& at) {
  check_group_window_property(name, at);
  for (const function::ScalarFunction& scalar : function::all_scalars()) {
    known.emplace_back(scalar.name);
  }
  for (const function::ConditionalFunction& conditional : function::all_conditionals()) {
    known.emplace_back(conditional.name);
  }
  for (const function::AggregateFunction& aggregate : function::all_aggregates()) {
    known.emplace_back(aggregate.name);
  }
  throw Error(ErrorCode::not_found,
              "unknown function " + text_of(name) + did_you_mean(name.last().text, known), at);
}

bool is_built_in(const sql::QualifiedName& name) {
  const std::string& word = name.last().text;
  const auto conditionals = function::all_conditionals();
  return name.parts.size() == 1 &&
         (function::find_scalar(word) != nullptr || function::find_aggregate(word) != nullptr ||
          sql::is_word(word, "COALESCE") || sql::is_word(word, "TYPEOF") ||
          sql::is_word(word, "CURRENT_DATABASE") ||
          std::any_of(conditionals.begin(), conditionals.end(), [&](const auto& conditional) {
            return sql::is_word(word, conditional.name);
          }));
}

static function::ScalarSignature with_constants(const function::ScalarFunction& function,
                                                function::ScalarSignature signature,
                                                const std::vector<Expression>& arguments,
                                                const Position& at) {
  if (function.with_constants == nullptr) {
    return signature;
  }
  try {
    return function.with_constants(std::move(signature), arguments);
  } catch (const Error& error) {  // which knows no place
    throw Error(error.code(), error.message(), at);
  }
}

// Flink computes with a number and a text no more than we do: which is to become the other's type
// is for the query to say.
static std::string remedy(std::string_view name, const std::vector<Type>& types) {
  const bool has_text =
      std::any_of(types.begin(), types.end(), [](const Type& type) { return type.is_string(); });
  if (!has_text || types.size() != 2) {
    return {};
  }
  constexpr std::string_view kOfNumbers = "+-*/%";
  return name == "||"                                 ? ": write CAST(... AS STRING)"
         : kOfNumbers.find(name) != std::string::npos ? ": write CAST(... AS a number's type)"
                                                      : "";
}

Expression call_of(std::string_view name, std::vector<Expression> arguments, const Position& at) {
  if (auto conditional = function::as_conditional(name, arguments, at)) {
    return std::move(*conditional);
  }
  const function::ScalarFunction* found = function::find_scalar(name);
  if (found == nullptr) {
    fail_unknown_function({{{at, std::string(name)}}}, {}, at);
  }
  std::vector<Type> types;
  for (const Expression& argument : arguments) {
    types.push_back(argument.type);
  }
  auto signature = found->bind(types);
  if (!signature) {
    throw Error(ErrorCode::type_mismatch,
                std::string(found->name) + " does not take (" + types_text(types) + "); it is " +
                    std::string(found->signature) + remedy(found->name, types),
                at);
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    arguments[i] = implicitly_cast(std::move(arguments[i]), signature->arguments[i]);
  }
  signature = with_constants(*found, *std::move(signature), arguments, at);
  return Expression::of_call(std::make_shared<const function::ScalarSignature>(*signature),
                             std::move(arguments));
}

Expression implicitly_cast(Expression from, const Type& type) {
  if (from.type.same_but_nullability(type)) {
    return from;
  }
  // Which instant a clock shows is for the session to say (rules/session_zone.cc).
  const bool reads_clock =
      (from.type.kind == TypeKind::timestamp_ltz) != (type.kind == TypeKind::timestamp_ltz);
  const bool is_literal = from.kind == ExpressionKind::literal && !reads_clock;
  std::vector<Expression> arguments;
  const Type to = type.as_nullable(from.type.nullable);
  const auto [line, text_column] = std::pair(from.line, from.text_column);
  arguments.push_back(std::move(from));
  Expression cast = Expression::of(ExpressionKind::cast, to, std::move(arguments));
  cast.line = line;
  cast.text_column = text_column;
  return is_literal ? function::folded(cast) : cast;
}

Type cast_to_common_type(std::vector<Expression*> expressions, std::string_view what,
                         const Position& at, TypeInCommon type_in_common) {
  std::optional<Type> common = expressions.front()->type;
  for (const Expression* expression : expressions) {
    const Type so_far = *common;
    common = type_in_common(so_far, expression->type);
    if (!common) {
      throw Error(ErrorCode::type_mismatch,
                  std::string(what) + " have no type in common: " + so_far.to_string() + " and " +
                      expression->type.to_string(),
                  at);
    }
  }
  for (Expression* expression : expressions) {
    *expression = implicitly_cast(std::move(*expression), *common);
  }
  return *common;
}

}  // namespace millrace::plan
