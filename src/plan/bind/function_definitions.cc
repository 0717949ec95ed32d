#include "plan/bind/function_definitions.h"

#include "function/foreign/library.h"
#include "function/implicit_casts.h"
#include "plan/bind/expressions.h"
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
  if (!function::casts_implicitly(body.type, result) || (body.type.nullable && !result.nullable)) {
    throw Error(ErrorCode::type_mismatch,
                "the function RETURNS " + result.to_string() + ", but what it computes is " +
                    body.type.to_string(),
                written.position);
  }
  return implicitly_cast(std::move(body), result);
}

// --- Of a library ---

// The types of a text of the library's, of which errors say what it is.
std::vector<Type> types_in(const std::string& text, const std::string& what, const Position& at) {
  std::vector<Type> types;
  try {
    for (const sql::TypeName& type : sql::parse_types(text, at)) {
      types.push_back(bind_type(type));
    }
  } catch (const Error& error) {  // its place is in the library, and in no text of the user
    throw Error(error.code(), what + " '" + text + "': " + error.message(), at);
  }
  return types;
}

// The same with a name ahead of each, as the fields of a ROW have them.
std::vector<Field> fields_in(const std::string& text, const std::string& what, const Position& at) {
  if (text.find_first_not_of(' ') == std::string::npos) {
    return {};
  }
  return *types_in("ROW<" + text + ">", what, at).front().children;
}

void check_crosses_over(const std::vector<Field>& fields, const std::string& what,
                        const Position& at) {
  for (const Field& field : fields) {
    if (!function::crosses_over(field.type)) {
      throw Error(ErrorCode::unsupported,
                  what + ": a library's function cannot have " + field.type.to_string(), at);
    }
  }
}

using Kind = catalog::Function::Kind;

Kind kind_of(function::ForeignFunction::Kind kind) {
  switch (kind) {
    case function::ForeignFunction::Kind::scalar: break;
    case function::ForeignFunction::Kind::table: return Kind::table;
    case function::ForeignFunction::Kind::aggregate: return Kind::aggregate;
  }
  return Kind::scalar;
}

// What a library says of a function in SQL.
class Description {
 public:
  Description(const function::ForeignFunction& found, std::string name, const Position& at)
      : found_(found), name_(std::move(name)), at_(at) {}

  // Scalar functions have types alone, for they were there first.
  std::vector<Field> parameters() const {
    const std::string what = "the parameters of " + name_;
    std::vector<Field> parameters;
    if (found_.kind == function::ForeignFunction::Kind::scalar) {
      for (const Type& type : types_in(found_.parameters, what, at_)) {
        parameters.push_back({"", type});
      }
    } else {
      parameters = fields_in(found_.parameters, what, at_);
    }
    check_crosses_over(parameters, what + " '" + found_.parameters + "'", at_);
    return parameters;
  }

  Type result() const {
    return found_.kind == function::ForeignFunction::Kind::table ? rows() : value();
  }

 private:
  Type value() const {
    const std::string what = "the result of " + name_;
    const std::vector<Type> types = types_in(found_.result, what, at_);
    if (types.size() != 1) {
      throw Error(ErrorCode::invalid_argument, name_ + " has no result of one type", at_);
    }
    check_crosses_over({{"", types.front()}}, what + " '" + found_.result + "'", at_);
    return types.front();
  }

  Type rows() const {
    const std::string what = "the columns of " + name_;
    std::vector<Field> columns = fields_in(found_.result, what, at_);
    if (columns.empty()) {
      throw Error(ErrorCode::invalid_argument, name_ + " has no columns", at_);
    }
    check_crosses_over(columns, what + " '" + found_.result + "'", at_);
    return Type::array(Type::row(std::move(columns), false), false);
  }

  const function::ForeignFunction& found_;
  std::string name_;
  const Position& at_;
};

std::vector<Type> types_of(const std::vector<Field>& fields) {
  std::vector<Type> types;
  for (const Field& field : fields) {
    types.push_back(field.type);
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
  const Description description(found, written.implementation + " of '" + library.path + "'", at);
  catalog::Function function;
  function.kind = kind_of(found.kind);
  function.parameters = description.parameters();
  function.result = description.result();
  const std::string name = function_name(written.name.last().text);
  std::vector<Type> types = types_of(function.parameters);
  if (function.kind == Kind::aggregate) {
    function.aggregate =
        std::make_shared<const function::AggregateSignature>(function::aggregate_of(
            name, std::move(types), function.result.as_nullable(), std::move(found)));
  } else {
    function.signature = std::make_shared<const function::ScalarSignature>(
        function::signature_of(name, std::move(types), function.result, std::move(found)));
  }
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
