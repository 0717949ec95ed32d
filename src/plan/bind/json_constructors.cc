// JSON_OBJECT and JSON_ARRAY.

#include "plan/bind/expressions.h"
#include "plan/bind/types.h"
#include "sql/name.h"

namespace millrace::plan {

using function::Expression;

namespace {

// Those that gather rows are bound where aggregate functions are.
[[noreturn]] void refuse_gathering(const std::string& function, const Position& at) {
  throw Error(ErrorCode::unsupported, function + " is not supported here", at);
}

// JSON that a JSON function makes, which stays JSON where it is cast to STRING.
bool is_json(const sql::Expression& written) {
  const auto* cast = std::get_if<sql::Cast>(&written.node);
  return std::holds_alternative<sql::JsonObject>(written.node) ||
         std::holds_alternative<sql::JsonArray>(written.node) ||
         (cast != nullptr && bind_type(cast->type).same_but_nullability(Type::string()) &&
          is_json(*cast->value));
}

}  // namespace

// A value in JSON: what a JSON function made of other values is a part of it and no text in it.
Expression ExpressionBinder::bind_json(const sql::Expression& written) const {
  const auto* call = std::get_if<sql::FunctionCall>(&written.node);
  std::vector<Expression> text;
  if (call != nullptr && sql::is_word(call->name.last().text, "JSON") &&
      call->arguments.size() == 1) {
    text.push_back(bind(*call->arguments[0]));
  } else if (is_json(written)) {
    text.push_back(bind(written));
  } else {
    return bind(written);
  }
  return call_of("JSON", std::move(text), written.position);
}

Expression ExpressionBinder::bind(const sql::JsonObject& object, const Position& at) const {
  if (object.aggregate) {
    refuse_gathering("JSON_OBJECTAGG", at);
  }
  std::vector<Expression> arguments;
  for (const sql::JsonObject::Entry& entry : object.entries) {
    arguments.push_back(bind(*entry.key));
    arguments.push_back(bind_json(*entry.value));
  }
  const bool absent = object.nulls == sql::JsonNulls::absent;
  return call_of(absent ? "JSON_OBJECT ABSENT ON NULL" : "JSON_OBJECT", std::move(arguments), at);
}

Expression ExpressionBinder::bind(const sql::JsonArray& array, const Position& at) const {
  if (array.aggregate) {
    refuse_gathering("JSON_ARRAYAGG", at);
  }
  const bool keep = array.nulls == sql::JsonNulls::null_;
  std::vector<Expression> elements;
  for (const sql::ExpressionPtr& element : array.elements) {
    elements.push_back(bind_json(*element));
  }
  return call_of(keep ? "JSON_ARRAY NULL ON NULL" : "JSON_ARRAY", std::move(elements), at);
}

}  // namespace millrace::plan
