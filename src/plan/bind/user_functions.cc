#include "plan/bind/user_functions.h"

#include <algorithm>

#include "base/ascii_case.h"
#include "function/implicit_casts.h"
#include "function/scalar.h"
#include "plan/bind/expressions.h"
#include "plan/bind/object_name.h"

namespace millrace::plan {

using function::Expression;

namespace {

// In its place stands what was found in the call, so an error says where the call is.
void place(Expression& expression, const Position& at) {
  expression.line = at.line;
  expression.text_column = at.column;
  for (Expression& argument : expression.arguments) {
    place(argument, at);
  }
}

bool is_volatile(const Expression& expression) {
  return (expression.kind == function::ExpressionKind::call &&
          expression.signature->volatility == function::Volatility::per_row) ||
         std::any_of(expression.arguments.begin(), expression.arguments.end(), is_volatile);
}

// What is drawn anew at each call must not be drawn twice for one argument.
void check_used_once(const catalog::Function& function, const std::vector<Expression>& arguments,
                     const Position& at) {
  std::vector<size_t> uses(arguments.size());
  function.body->visit_columns([&](size_t parameter) { ++uses[parameter]; });
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (uses[i] > 1 && is_volatile(arguments[i])) {
      throw Error(ErrorCode::unsupported,
                  "the argument '" + function.parameters[i].name + "' of " + function.name +
                      " is different each time it is computed, and the function uses it " +
                      std::to_string(uses[i]) + " times: compute it in a sub-query",
                  at);
    }
  }
}

size_t parts_of(const Expression& expression) {
  size_t parts = 1;
  for (const Expression& argument : expression.arguments) {
    parts += parts_of(argument);
  }
  return parts;
}

// Functions of functions that use an argument twice would grow with each call, without an end.
void check_size(const catalog::Function& function, const std::vector<Expression>& arguments,
                const Position& at) {
  constexpr size_t kMost = 100'000;
  size_t parts = parts_of(*function.body);
  function.body->visit_columns([&](size_t parameter) { parts += parts_of(arguments[parameter]); });
  if (parts > kMost) {
    throw Error(ErrorCode::unsupported,
                "the call of " + function.name + " stands for " + std::to_string(parts) +
                    " operations, more than the " + std::to_string(kMost) +
                    " that an expression may have: compute its argument in a sub-query",
                at);
  }
}

}  // namespace

std::vector<Expression> fitted(const catalog::Function& function, std::vector<Expression> arguments,
                               const Position& at) {
  const auto refuse = [&](const std::string& why) {
    throw Error(ErrorCode::type_mismatch, why + "; it is " + signature_text(function), at);
  };
  if (arguments.size() != function.parameters.size()) {
    refuse(function.name + " takes " + std::to_string(function.parameters.size()) +
           " arguments, not " + std::to_string(arguments.size()));
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    const Type& type = function.parameters[i].type;
    const Type& given = arguments[i].type;
    if (!function::casts_implicitly(given, type) || (given.nullable && !type.nullable)) {
      refuse(function.name + " does not take " + given.to_string() + " as its argument " +
             std::to_string(i + 1));
    }
    arguments[i] = implicitly_cast(std::move(arguments[i]), type);
  }
  return arguments;
}

std::string signature_text(const catalog::Function& function) {
  std::string text = function.name + "(";
  for (const Field& parameter : function.parameters) {
    text += text.back() == '(' ? "" : ", ";
    text += (parameter.name.empty() ? "" : parameter.name + " ") + parameter.type.to_string();
  }
  return text + ")";
}

std::string function_name(std::string_view written) { return lower_case(written); }

std::shared_ptr<const catalog::Function> UserFunctions::find_ahead(
    const sql::QualifiedName& name) const {
  return name.parts.size() == 1 ? catalog_.find_system_function(function_name(name.last().text))
                                : find(name);
}

std::shared_ptr<const catalog::Function> UserFunctions::find(const sql::QualifiedName& name) const {
  catalog::ObjectName full = object_name(name, names_in_);
  full.name = function_name(full.name);
  return catalog_.find_function(full);
}

std::vector<std::string> UserFunctions::names(const Position& at) const {
  std::vector<std::string> names = catalog_.function_names(names_in_, at);
  for (std::string& name : catalog_.system_function_names()) {
    names.push_back(std::move(name));
  }
  return names;
}

Expression call_of(const catalog::Function& function, std::vector<Expression> arguments,
                   const Position& at) {
  arguments = fitted(function, std::move(arguments), at);
  if (!function.body) {
    return Expression::of_call(function.signature, std::move(arguments));
  }
  check_used_once(function, arguments, at);
  check_size(function, arguments, at);
  Expression body = *function.body;
  place(body, at);
  return body.substituted(arguments);
}

}  // namespace millrace::plan
