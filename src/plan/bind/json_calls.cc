// JSON_EXISTS, JSON_VALUE and JSON_QUERY: their clauses as arguments.

#include "function/evaluate.h"
#include "plan/bind/bare_nulls.h"
#include "plan/bind/expressions.h"
#include "plan/bind/literals.h"
#include "plan/bind/types.h"

namespace millrace::plan {

using function::Expression;
using function::ExpressionKind;

namespace {

std::string_view word_of(sql::JsonFallback::Kind kind) {
  using Kind = sql::JsonFallback::Kind;
  switch (kind) {
    case Kind::null_: return "NULL";
    case Kind::error: return "ERROR";
    case Kind::empty:
    case Kind::empty_array: return "EMPTY ARRAY";
    case Kind::empty_object: return "EMPTY OBJECT";
    case Kind::default_: return "DEFAULT";
    case Kind::true_: return "TRUE";
    case Kind::false_: return "FALSE";
    case Kind::unknown: return "UNKNOWN";
  }
  return "NULL";
}

std::string_view word_of(sql::JsonPathCall::Wrapper wrapper) {
  using Wrapper = sql::JsonPathCall::Wrapper;
  switch (wrapper) {
    case Wrapper::unspecified:
    case Wrapper::without: return "WITHOUT";
    case Wrapper::conditional: return "CONDITIONAL";
    case Wrapper::unconditional: return "UNCONDITIONAL";
  }
  return "WITHOUT";
}

std::string_view fallback_word(const std::optional<sql::JsonFallback>& fallback,
                               std::string_view otherwise) {
  return fallback ? word_of(fallback->kind) : otherwise;
}

// The text as a value of the type; NULL where it is none, unless that is to be an error.
Expression returned_as(Expression text, const sql::TypeName& written, bool fails,
                       const Position& at) {
  const Type type = bind_type(written).as_nullable();
  const bool is_text = type.kind == TypeKind::varchar;
  if (!is_text && type.kind != TypeKind::boolean && type.kind != TypeKind::integer &&
      type.kind != TypeKind::double_) {
    throw Error(
        ErrorCode::unsupported,
        "JSON_VALUE can return STRING, BOOLEAN, INTEGER and DOUBLE, not " + type.to_string(), at);
  }
  if (text.type.same_but_nullability(type)) {
    return text;
  }
  std::vector<Expression> argument;
  argument.push_back(std::move(text));
  return Expression::of(fails ? ExpressionKind::cast : ExpressionKind::try_cast, type,
                        std::move(argument));
}

// EMPTY OBJECT is no array.
void refuse_object_for_array(const sql::JsonPathCall& call) {
  for (const auto* fallback : {&call.on_empty, &call.on_error}) {
    if (*fallback && (*fallback)->kind == sql::JsonFallback::Kind::empty_object) {
      throw Error(ErrorCode::type_mismatch,
                  "EMPTY OBJECT cannot stand for an array, which JSON_QUERY is to return: write " +
                      std::string("EMPTY ARRAY or NULL"),
                  call.path->position);
    }
  }
}

// Of the document and the path.
Expression json_query(const sql::JsonPathCall& call, std::vector<Expression> arguments,
                      const Position& at) {
  const Type type = call.returning ? bind_type(*call.returning) : Type::string();
  const bool is_array = type.kind == TypeKind::array && (*type.children)[0].type.is_string();
  if (!is_array && !type.is_string()) {
    throw Error(ErrorCode::unsupported,
                "JSON_QUERY can return STRING and ARRAY<STRING>, not " + type.to_string(), at);
  }
  arguments.push_back(string_literal(word_of(call.wrapper)));
  arguments.push_back(string_literal(fallback_word(call.on_empty, "NULL")));
  arguments.push_back(string_literal(fallback_word(call.on_error, "NULL")));
  if (is_array) {
    refuse_object_for_array(call);
    return call_of("JSON_QUERY RETURNING ARRAY", std::move(arguments), at);
  }
  return implicitly_cast(call_of("JSON_QUERY", std::move(arguments), at), type);
}

}  // namespace

// The clause's word and, behind it, its default.
void ExpressionBinder::add_fallback(const std::optional<sql::JsonFallback>& fallback,
                                    std::string_view otherwise,
                                    std::vector<Expression>& arguments) const {
  arguments.push_back(string_literal(fallback_word(fallback, otherwise)));
  const bool has_default = fallback && fallback->value;
  Expression value = has_default ? bind(*fallback->value) : null_literal();
  const bool is_boolean = value.type.kind == TypeKind::boolean;
  value = implicitly_cast(std::move(value), Type::string());
  if (is_boolean) {  // as JSON writes it
    std::vector<Expression> text;
    text.push_back(std::move(value));
    value = call_of("LOWER", std::move(text), Position());
  }
  arguments.push_back(std::move(value));
}

Expression ExpressionBinder::bind(const sql::JsonPathCall& call, const Position& at) const {
  using Kind = sql::JsonPathCall::Kind;
  std::vector<Expression> arguments;
  refuse_bare_null(*call.input);
  refuse_bare_null(*call.path);
  arguments.push_back(bind(*call.input));
  arguments.push_back(bind(*call.path));
  if (!arguments[0].type.is_string() && arguments[0].type.kind != TypeKind::null_) {
    throw Error(ErrorCode::type_mismatch,
                "a JSON function takes a string, not " + arguments[0].type.to_string(), at);
  }
  if (call.kind == Kind::exists) {
    arguments.push_back(string_literal(fallback_word(call.on_error, "FALSE")));
    return call_of("JSON_EXISTS", std::move(arguments), at);
  }
  if (call.kind == Kind::query) {
    return json_query(call, std::move(arguments), at);
  }
  add_fallback(call.on_empty, "NULL", arguments);
  add_fallback(call.on_error, "NULL", arguments);
  const Type type = call.returning ? bind_type(*call.returning) : Type::string();
  arguments.push_back(string_literal(type.is_string() ? "STRING" : type.to_string()));
  Expression text = call_of("JSON_VALUE", std::move(arguments), at);
  const bool fails = call.on_error && call.on_error->kind == sql::JsonFallback::Kind::error;
  return call.returning ? returned_as(std::move(text), *call.returning, fails, at)
                        : std::move(text);
}

}  // namespace millrace::plan
