// Calls of the user's functions as they are written: which function a name means, and arguments by
// place or by name.

#include <algorithm>

#include "base/similar.h"
#include "plan/bind/expressions.h"
#include "plan/bind/user_functions.h"

namespace millrace::plan {

using function::Expression;
using Kind = catalog::Function::Kind;

namespace {

std::vector<std::string> names_of(const std::vector<Field>& parameters) {
  std::vector<std::string> names;
  for (const Field& parameter : parameters) {
    names.push_back(parameter.name);
  }
  return names;
}

// Which parameter each argument is for.
std::vector<size_t> places_of(const catalog::Function& function, const sql::FunctionCall& call) {
  const std::vector<std::string> names = names_of(function.parameters);
  std::vector<size_t> places;
  for (const sql::ExpressionPtr& argument : call.arguments) {
    const auto* named = std::get_if<sql::NamedArgument>(&argument->node);
    if (named == nullptr) {
      throw Error(ErrorCode::invalid_argument,
                  "either all arguments of " + function.name + " are named, or none",
                  argument->position);
    }
    const auto found = std::find(names.begin(), names.end(), named->name.text);
    if (found == names.end() || named->name.text.empty()) {
      throw Error(ErrorCode::not_found,
                  function.name + " has no parameter '" + named->name.text + "'" +
                      did_you_mean(named->name.text, names) + "; it is " + signature_text(function),
                  argument->position);
    }
    const auto place = static_cast<size_t>(found - names.begin());
    if (std::find(places.begin(), places.end(), place) != places.end()) {
      throw Error(ErrorCode::invalid_argument, "argument '" + named->name.text + "' is there twice",
                  argument->position);
    }
    places.push_back(place);
  }
  return places;
}

bool has_names(const sql::FunctionCall& call) {
  return std::any_of(call.arguments.begin(), call.arguments.end(),
                     [](const sql::ExpressionPtr& argument) {
                       return std::holds_alternative<sql::NamedArgument>(argument->node);
                     });
}

}  // namespace

std::vector<const sql::Expression*> arguments_in_order(const catalog::Function& function,
                                                       const sql::FunctionCall& call,
                                                       const Position& at) {
  std::vector<const sql::Expression*> arguments;
  if (!has_names(call)) {
    for (const sql::ExpressionPtr& argument : call.arguments) {
      arguments.push_back(argument.get());
    }
    return arguments;
  }
  arguments.resize(function.parameters.size());
  const std::vector<size_t> places = places_of(function, call);
  for (size_t i = 0; i < places.size(); ++i) {
    arguments[places[i]] = std::get<sql::NamedArgument>(call.arguments[i]->node).value.get();
  }
  const auto missing = std::find(arguments.begin(), arguments.end(), nullptr);
  if (missing != arguments.end()) {
    throw Error(ErrorCode::invalid_argument,
                "argument '" +
                    function.parameters[static_cast<size_t>(missing - arguments.begin())].name +
                    "' of " + function.name + " is missing; it is " + signature_text(function),
                at);
  }
  return arguments;
}

// The user's function of this name; nullptr where it is a built-in one. Throws where it is none.
std::shared_ptr<const catalog::Function> ExpressionBinder::own_function(
    const sql::QualifiedName& name, const Position& at) const {
  const UserFunctions* functions = scope_->functions();
  if (functions == nullptr) {
    return nullptr;
  }
  auto found = functions->find_ahead(name);
  if (found == nullptr && !is_built_in(name)) {
    found = functions->find(name);
    if (found == nullptr) {
      fail_unknown_function(name, functions->names(at), at);
    }
  }
  return found;
}

Expression ExpressionBinder::bind_own_call(const catalog::Function& function,
                                           const sql::FunctionCall& call,
                                           const Position& at) const {
  std::vector<Expression> arguments;
  for (const sql::Expression* argument : arguments_in_order(function, call, at)) {
    arguments.push_back(bind(*argument));
  }
  return call_of(function, std::move(arguments), at);
}

// A table function or an aggregate function stands elsewhere.
void check_scalar(const catalog::Function& function, const Position& at) {
  if (function.kind == Kind::table) {
    throw Error(ErrorCode::invalid_argument,
                function.name + " is a table function: it stands in FROM, as LATERAL TABLE(" +
                    function.name + "(...))",
                at);
  }
  if (function.kind == Kind::aggregate) {
    throw Error(
        ErrorCode::invalid_argument,
        "aggregate function " + function.name + " can only stand in the select list or in HAVING",
        at);
  }
}

Expression ExpressionBinder::bind_table_call(const sql::Expression& written) const {
  const auto& call = std::get<sql::FunctionCall>(written.node);
  const UserFunctions* functions = scope_->functions();
  auto function = functions == nullptr ? nullptr : functions->find_ahead(call.name);
  if (function == nullptr && functions != nullptr) {
    function = functions->find(call.name);
  }
  const std::string& name = call.name.last().text;
  if (function == nullptr) {
    throw Error(ErrorCode::not_found,
                "unknown table function " + name +
                    "; there are TUMBLE, HOP, CUMULATE, SESSION, TO_CHANGELOG and "
                    "FROM_CHANGELOG, and those of a library that CREATE FUNCTION names",
                written.position);
  }
  if (function->kind != Kind::table) {
    throw Error(ErrorCode::invalid_argument,
                name + " is no table function: it gives one value, and stands in expressions",
                written.position);
  }
  return bind_own_call(*function, call, written.position);
}

}  // namespace millrace::plan
