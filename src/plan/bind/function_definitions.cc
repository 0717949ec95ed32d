#include "plan/bind/function_definitions.h"

#include "function/foreign/library.h"
#include "plan/bind/expressions.h"
#include "plan/bind/implicit_casts.h"
#include "plan/bind/types.h"
#include "sql/parser.h"

namespace millrace::plan {

using function::Expression;

namespace {

// --- In SQL ---

std::vector<Field> parameters_of(const sql::CreateFunction& written) {
  std::vector<Field> parameters;
  for (const auto& parameter : written.parameters) {
    for (const Field& known : parameters) {
      if (known.name == parameter.name.text) {
        throw Error(ErrorCode::invalid_argument,
                    "parameter '" + parameter.name.text + "' is there twice",
                    parameter.name.position);
      }
    }
    parameters.push_back({parameter.name.text, bind_type(parameter.type)});
  }
  return parameters;
}

// The body as a value of the type that RETURNS says.
Expression bind_body(const sql::Expression& written, const std::vector<Field>& parameters,
                     const Type& result, const UserFunctions& functions) {
  const Scope scope("", {parameters}, &functions);
  Expression body = ExpressionBinder(&scope).bind(written);
  if (!casts_implicitly(body.type, result) || (body.type.nullable && !result.nullable)) {
    throw Error(ErrorCode::type_mismatch,
                "the function RETURNS " + result.to_string() + ", but what it computes is " +
                    body.type.to_string(),
                written.position);
  }
  return implicitly_cast(std::move(body), result);
}

// --- Of a library ---

std::vector<Type> types_in(const std::string& text, const std::string& what, const Position& at) {
  std::vector<Type> types;
  try {
    for (const sql::TypeName& type : sql::parse_types(text, at)) {
      types.push_back(bind_type(type));
    }
  } catch (const Error& error) {  // its place is in the library, and in no text of the user
    throw Error(error.code(), what + " '" + text + "': " + error.message(), at);
  }
  for (const Type& type : types) {
    if (!function::crosses_over(type)) {
      throw Error(ErrorCode::unsupported,
                  what + " '" + text + "': a library's function cannot have " + type.to_string(),
                  at);
    }
  }
  return types;
}

catalog::Function of_library(const sql::CreateFunction& written) {
  const Position& at = written.implementation_position;
  if (!sql::is_word(written.language, "C") || written.libraries.size() != 1) {
    throw Error(ErrorCode::unsupported,
                "a function is written in SQL, f (a INT) RETURNS INT RETURN a + 1, or is one of a "
                "shared library: AS 'symbol' LANGUAGE C USING LIBRARY 'path'",
                at);
  }
  const sql::CreateFunction::Library& library = written.libraries.front();
  function::ForeignFunction found =
      function::load_function(library.path, written.implementation, library.position, at);
  const std::string described = written.implementation + " of '" + library.path + "'";
  const std::vector<Type> arguments =
      types_in(found.parameters, "the parameters of " + described, at);
  const std::vector<Type> results = types_in(found.result, "the result of " + described, at);
  if (results.size() != 1) {
    throw Error(ErrorCode::invalid_argument, described + " has no result of one type", at);
  }
  catalog::Function function;
  for (const Type& type : arguments) {
    function.parameters.push_back({"", type});
  }
  function.result = results.front();
  function.signature = std::make_shared<const function::ScalarSignature>(function::signature_of(
      function_name(written.name.last().text), arguments, function.result, std::move(found)));
  return function;
}

}  // namespace

catalog::Function bind_function(const sql::CreateFunction& written,
                                const UserFunctions& functions) {
  if (!written.returns) {
    return of_library(written);
  }
  catalog::Function function;
  function.parameters = parameters_of(written);
  function.result = bind_type(*written.returns);
  function.body = bind_body(*written.body, function.parameters, function.result, functions);
  return function;
}

}  // namespace millrace::plan
