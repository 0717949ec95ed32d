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

void check_modifiers(const sql::FunctionCall& call, const Position& at) {
  if (!call.within_group.empty()) {
    refuse("WITHIN GROUP is not supported", at);
  }
  const std::string& name = call.name.last().text;
  const bool treats_nulls =
      sql::is_word(name, "ARRAY_AGG") ||
      (call.nulls == sql::FunctionCall::Nulls::ignore &&
       (sql::is_word(name, "FIRST_VALUE") || sql::is_word(name, "LAST_VALUE")));
  if (call.nulls != sql::FunctionCall::Nulls::unspecified && !treats_nulls) {
    refuse("IGNORE NULLS and RESPECT NULLS belong to ARRAY_AGG", at);
  }
}

void add_arguments(const std::vector<sql::ExpressionPtr>& written, WrittenAggregate& aggregate) {
  for (const sql::ExpressionPtr& argument : written) {
    if (!std::holds_alternative<sql::Star>(argument->node)) {
      aggregate.arguments.push_back(argument.get());
    }
  }
}

std::optional<WrittenAggregate> read(const sql::FunctionCall& call, const UserFunctions* functions,
                                     const Position& at) {
  if (call.over) {
    return std::nullopt;
  }
  if (auto own = own_aggregate(call.name, functions)) {
    check_modifiers(call, at);
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
  const std::string& name = call.name.last().text;
  WrittenAggregate aggregate;
  aggregate.approximate = sql::is_word(name, "APPROX_COUNT_DISTINCT");
  const bool passes_over =
      sql::is_word(name, "ARRAY_AGG") && call.nulls == sql::FunctionCall::Nulls::ignore;
  aggregate.function = function::find_aggregate(aggregate.approximate ? "COUNT"
                                                : passes_over         ? "ARRAY_AGG IGNORE NULLS"
                                                                      : name);
  if (aggregate.function == nullptr) {
    return std::nullopt;
  }
  check_modifiers(call, at);
  check_written(call, at);
  refuse_bare_nulls(call.arguments);
  add_arguments(call.arguments, aggregate);
  if (aggregate.approximate && aggregate.arguments.size() != 1) {
    throw Error(ErrorCode::type_mismatch, "APPROX_COUNT_DISTINCT takes one value", at);
  }
  aggregate.distinct = call.distinct || aggregate.approximate;
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
  add_arguments(array.elements, aggregate);
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

bool is_named(const sql::FunctionCall& call, std::string_view name) {
  return sql::is_word(call.name.last().text, name);
}

bool is_column(const sql::Expression& expression) {
  return std::holds_alternative<sql::ColumnName>(expression.node);
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

void check_written(const sql::FunctionCall& call, const Position& at) {
  if (call.arguments.empty() && is_named(call, "COUNT")) {
    throw Error(ErrorCode::invalid_argument,
                "COUNT() counts nothing: COUNT(*) is the number of rows, COUNT(value) of those "
                "where the value is not NULL",
                at);
  }
  if (call.arguments.size() < 2) {
    return;
  }
  const sql::Expression& second = *call.arguments[1];
  if (is_named(call, "LISTAGG") && !std::holds_alternative<sql::StringLiteral>(second.node)) {
    throw Error(ErrorCode::invalid_argument,
                "the separator of LISTAGG must be a literal: write it as '...'", second.position);
  }
  if (is_named(call, "PERCENTILE") && sql::any_of(second, is_column)) {
    throw Error(ErrorCode::invalid_argument,
                "the fraction of PERCENTILE is the same for all rows: it reads no column",
                second.position);
  }
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
