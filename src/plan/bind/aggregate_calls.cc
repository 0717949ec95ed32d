#include "plan/bind/aggregate_calls.h"

#include <algorithm>

#include "column/builder.h"
#include "plan/bind/bare_nulls.h"
#include "plan/bind/expressions.h"
#include "plan/bind/literals.h"
#include "plan/bind/user_functions.h"
#include "sql/children.h"
#include "sql/name.h"

namespace millrace::plan {

using function::Expression;
using function::ExpressionKind;

namespace {

[[noreturn]] void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what, at);
}

// `function` is the built-in one; null where it is the user's.
void check_modifiers(const sql::FunctionCall& call, const function::AggregateFunction* function,
                     const Position& at) {
  if (!call.within_group.empty()) {
    refuse("WITHIN GROUP is not supported", at);
  }
  const bool treats_nulls = function != nullptr && !function->ignoring_nulls.empty();
  if (call.nulls != sql::FunctionCall::Nulls::unspecified && !treats_nulls) {
    refuse("Cannot specify IGNORE NULLS or RESPECT NULLS following '" + call.name.last().text +
               "': they belong to ARRAY_AGG, and most others pass over NULL",
           at);
  }
}

std::vector<const sql::Expression*> values_of(const std::vector<sql::ExpressionPtr>& written) {
  std::vector<const sql::Expression*> values;
  for (const sql::ExpressionPtr& argument : written) {
    if (!std::holds_alternative<sql::Star>(argument->node)) {
      values.push_back(argument.get());
    }
  }
  return values;
}

std::optional<WrittenAggregate> read(const sql::FunctionCall& call, const UserFunctions* functions,
                                     const Position& at) {
  if (call.over) {
    return std::nullopt;
  }
  if (auto own = own_aggregate(call.name, functions)) {
    check_modifiers(call, nullptr, at);
    WrittenAggregate aggregate;
    aggregate.arguments = arguments_in_order(*own, call, at);
    aggregate.own = std::move(own);
    aggregate.distinct = call.distinct;
    aggregate.filter = call.filter.get();
    return aggregate;
  }
  if (call.name.parts.size() > 1) {
    return std::nullopt;
  }
  const function::AggregateFunction* named = function::find_aggregate(call.name.last().text);
  if (named == nullptr) {
    return std::nullopt;
  }
  check_modifiers(call, named, at);
  check_star(*named, call, at);
  refuse_bare_nulls(call.arguments);
  WrittenAggregate aggregate;
  aggregate.function = call.nulls == sql::FunctionCall::Nulls::ignore
                           ? function::find_aggregate(named->ignoring_nulls)
                           : named;
  aggregate.arguments = values_of(call.arguments);
  aggregate.distinct = call.distinct || named->approximates;
  aggregate.filter = call.filter.get();
  return aggregate;
}

std::optional<WrittenAggregate> read(const sql::JsonObject& object) {
  if (!object.aggregate) {
    return std::nullopt;
  }
  WrittenAggregate aggregate;
  const bool absent = object.nulls == sql::JsonNulls::absent;
  aggregate.function =
      function::find_aggregate(absent ? "JSON_OBJECTAGG ABSENT ON NULL" : "JSON_OBJECTAGG");
  aggregate.arguments = {object.entries[0].key.get(), object.entries[0].value.get()};
  aggregate.filter = object.filter.get();
  return aggregate;
}

std::optional<WrittenAggregate> read(const sql::JsonArray& array) {
  if (!array.aggregate) {
    return std::nullopt;
  }
  WrittenAggregate aggregate;
  const bool keep = array.nulls == sql::JsonNulls::null_;
  aggregate.function =
      function::find_aggregate(keep ? "JSON_ARRAYAGG NULL ON NULL" : "JSON_ARRAYAGG");
  aggregate.arguments = values_of(array.elements);
  aggregate.filter = array.filter.get();
  return aggregate;
}

Expression call_of_two(std::string_view name, Expression left, Expression right,
                       const Position& at) {
  std::vector<Expression> sides;
  sides.push_back(std::move(left));
  sides.push_back(std::move(right));
  return call_of(name, std::move(sides), at);
}

std::string types_text(const std::vector<Type>& types) {
  std::string text;
  for (const Type& type : types) {
    text += (text.empty() ? "" : ", ") + type.as_nullable().to_string();
  }
  return text;
}

Expression zero() {
  ColumnBuilder builder(Type::of(TypeKind::bigint, false));
  builder.add(int64_t{0});
  return Expression::of_literal(builder.finish());
}

}  // namespace

std::shared_ptr<const catalog::Function> own_aggregate(const sql::QualifiedName& name,
                                                       const UserFunctions* functions) {
  if (functions == nullptr) {
    return nullptr;
  }
  auto own = functions->find_ahead(name);
  if (own == nullptr && !is_built_in(name)) {
    own = functions->find(name);
  }
  return own != nullptr && own->kind == catalog::Function::Kind::aggregate ? own : nullptr;
}

std::optional<WrittenAggregate> written_aggregate(const sql::Expression& written,
                                                  const UserFunctions* functions) {
  if (const auto* call = std::get_if<sql::FunctionCall>(&written.node)) {
    return read(*call, functions, written.position);
  }
  if (const auto* object = std::get_if<sql::JsonObject>(&written.node)) {
    return read(*object);
  }
  if (const auto* array = std::get_if<sql::JsonArray>(&written.node)) {
    return read(*array);
  }
  return std::nullopt;
}

std::vector<const sql::Expression*> written_values(const sql::FunctionCall& call) {
  return values_of(call.arguments);
}

void check_star(const function::AggregateFunction& function, const sql::FunctionCall& call,
                const Position& at) {
  if (function.takes_star && call.arguments.empty()) {
    const std::string name(function.name);
    throw Error(ErrorCode::invalid_argument,
                name + "() counts nothing: " + name + "(*) is the number of rows, " + name +
                    "(value) of those where the value is not NULL",
                at);
  }
}

function::AggregateSignature signature_of(const function::AggregateFunction& function,
                                          const std::vector<Expression>& arguments,
                                          const std::vector<const sql::Expression*>& written,
                                          const Position& at) {
  if (const auto wrong = function.check == nullptr ? std::nullopt : function.check(arguments)) {
    throw Error(ErrorCode::invalid_argument, wrong->why, written[wrong->number]->position);
  }
  std::vector<Type> types;
  for (const Expression& argument : arguments) {
    types.push_back(argument.type);
  }
  auto signature = function.bind(types);
  if (!signature) {
    throw Error(ErrorCode::type_mismatch,
                std::string(function.name) + " does not take (" + types_text(types) + "); it is " +
                    std::string(function.signature),
                at);
  }
  return std::move(*signature);
}

void check_distinct(const std::vector<Expression>& arguments, const Position& at) {
  if (arguments.size() != 1) {
    return;
  }
  const Type& type = arguments[0].type;
  const TypeKind kind = type.kind;
  if (kind == TypeKind::row || kind == TypeKind::map || kind == TypeKind::multiset) {
    throw Error(ErrorCode::type_mismatch,
                "DISTINCT does not take " + type.as_nullable().to_string() +
                    ": name one of its fields, or give its text with JSON_STRING",
                at);
  }
}

Expression deviation_of(Expression deviation, Expression count, const Type& argument,
                        const Position& at) {
  const Type type = argument.kind == TypeKind::decimal
                        ? Type::decimal(38, std::max(6, argument.scale))
                        : argument.as_nullable();
  std::vector<Expression> parts;
  parts.push_back(call_of_two("=", std::move(count), zero(), at));
  parts.push_back(implicitly_cast(null_literal(), type));
  parts.push_back(implicitly_cast(std::move(deviation), type));
  return Expression::of(ExpressionKind::case_, type, std::move(parts));
}

}  // namespace millrace::plan
