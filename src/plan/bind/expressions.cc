#include "plan/bind/expressions.h"

#include "base/match.h"
#include "column/builder.h"
#include "function/evaluate.h"
#include "plan/bind/bare_nulls.h"
#include "plan/bind/fields.h"
#include "plan/bind/literals.h"
#include "plan/bind/types.h"
#include "plan/bind/user_functions.h"

namespace millrace::plan {

using function::Expression;
using function::ExpressionKind;

namespace {

[[noreturn]] void refuse(const std::string& what, const Position& at) {
  throw Error(ErrorCode::unsupported, what + " is not supported here", at);
}

Expression text_literal(Type type, const std::string& text) {
  ColumnBuilder value(std::move(type));
  value.add_string(text);
  return Expression::of_literal(value.finish());
}

// As TYPEOF says it, which has the digits of seconds of an interval.
std::string type_text(const Type& type) {
  return type.kind == TypeKind::interval_ms
             ? std::string("INTERVAL SECOND(3)") + (type.nullable ? "" : " NOT NULL")
             : type.to_string();
}

Expression coalesced(std::vector<Expression> arguments, const Position& at) {
  std::vector<Expression*> all;
  bool nullable = true;
  for (Expression& argument : arguments) {
    all.push_back(&argument);
    nullable = nullable && argument.type.nullable;
  }
  cast_to_common_type(all, "the arguments of COALESCE", at, function::present_type);
  const Type type = arguments.front().type.as_nullable(nullable);
  return Expression::of(ExpressionKind::coalesce, type, std::move(arguments));
}

}  // namespace

Expression ExpressionBinder::bind(const sql::Expression& written) const {
  if (intercept_) {
    if (auto answer = intercept_(written)) {
      return std::move(*answer);
    }
  }
  Expression bound = bind_node(written);
  bound.line = written.position.line;
  bound.text_column = written.position.column;
  return bound;
}

Expression ExpressionBinder::bind_condition(const sql::Expression& written,
                                            std::string_view clause) const {
  Expression condition = bind(written);
  if (condition.type.kind == TypeKind::null_) {
    return implicitly_cast(std::move(condition), Type::of(TypeKind::boolean));
  }
  if (condition.type.kind != TypeKind::boolean) {
    throw Error(ErrorCode::type_mismatch,
                std::string(clause) + " takes a condition, found " + condition.type.to_string(),
                written.position);
  }
  return condition;
}

Expression ExpressionBinder::bind_node(const sql::Expression& written) const {
  const Position& at = written.position;
  const auto refused = [&](const char* what) -> Expression { refuse(what, at); };
  return match(
      written.node, [](const sql::NullLiteral&) { return null_literal(); },
      [](const sql::BooleanLiteral& literal) { return boolean_literal(literal.value); },
      [&](const sql::NumberLiteral& n) { return number_literal(n.text, n.approximate, at); },
      [](const sql::StringLiteral& literal) { return string_literal(literal.value); },
      [](const sql::BinaryLiteral& literal) { return binary_literal(literal.bytes); },
      [&](const sql::TemporalLiteral& literal) { return temporal_literal(literal, at); },
      [&](const sql::IntervalLiteral& literal) { return interval_literal(literal, at); },
      [&](const sql::ColumnName& name) { return bind(name); },
      [&](const sql::Star&) { return refused("*"); },
      [](const sql::Symbol& symbol) { return string_literal(symbol.word); },
      [&](const sql::Unary& unary) { return bind(unary, at); },
      [&](const sql::Binary& binary) { return bind(binary, at); },
      [&](const sql::Is& is) { return bind(is, at); },
      [&](const sql::IsDistinctFrom& is) { return bind(is, at); },
      [&](const sql::Between& between) { return bind(between, at); },
      [&](const sql::In& in) { return bind(in, at); },
      [&](const sql::Like& like) { return bind(like, at); },
      [&](const sql::Quantified& quantified) {
        return quantified.query ? refused("a comparison with ANY or ALL of a sub-query")
                                : bind(quantified, at);
      },
      [&](const sql::Exists&) { return refused("EXISTS"); },
      [&](const sql::ScalarSubquery&) { return refused("a sub-query as a value"); },
      [&](const sql::Case& cases) { return bind(cases, at); },
      [&](const sql::Cast& cast) { return bind(cast, at); },
      [&](const sql::ArrayConstructor& a) {
        if (are_all_null(a.elements)) {
          refuse_bare_nulls(a.elements);
        }
        return call_of("ARRAY", bind_all(a.elements), at);
      },
      [&](const sql::MapConstructor& map) { return bind_map(map, at); },
      [&](const sql::RowConstructor& row) {
        refuse_bare_nulls(row.fields);
        return call_of("ROW", bind_all(row.fields), at);
      },
      [&](const sql::ElementAccess& access) { return bind_item(access, at); },
      [&](const sql::FieldAccess& access) {
        return field_named(bind(*access.value), access.field);
      },
      [&](const sql::FunctionCall& call) { return bind(call, at); },
      [&](const sql::NamedArgument&) { return refused("a named argument"); },
      [&](const sql::TableArgument&) { return refused("TABLE as an argument"); },
      [&](const sql::Descriptor&) { return refused("DESCRIPTOR"); },
      [&](const sql::JsonObject& object) { return bind(object, at); },
      [&](const sql::JsonArray& array) { return bind(array, at); },
      [&](const sql::JsonPathCall& call) { return bind(call, at); });
}

ExpressionBinder ExpressionBinder::asking_first(Intercept first) const {
  return ExpressionBinder(scope_,
                          [first = std::move(first), next = intercept_](
                              const sql::Expression& written) -> std::optional<Expression> {
                            std::optional<Expression> answer = first(written);
                            return answer || !next ? std::move(answer) : next(written);
                          });
}

std::vector<Expression> ExpressionBinder::bind_all(
    const std::vector<sql::ExpressionPtr>& list) const {
  std::vector<Expression> bound;
  for (const sql::ExpressionPtr& written : list) {
    bound.push_back(bind(*written));
  }
  return bound;
}

Expression ExpressionBinder::bind(const sql::ColumnName& name) const {
  const Scope::Path path = scope_->resolve_path(name.name);
  Expression value = Expression::of_column(path.column, (*scope_)[path.column].type);
  for (const sql::Name& field : path.fields) {
    value = field_named(std::move(value), field);
  }
  return value;
}

Expression ExpressionBinder::bind_map(const sql::MapConstructor& map, const Position& at) const {
  if (map.entries.empty() || map.entries.size() % 2 != 0) {
    throw Error(ErrorCode::invalid_argument,
                "MAP takes pairs of a key and a value, one at least: MAP[k, v, ...]", at);
  }
  return call_of("MAP", bind_all(map.entries), at);
}

Expression ExpressionBinder::bind_item(const sql::ElementAccess& access, const Position& at) const {
  refuse_bare_null(*access.index);
  Expression value = bind(*access.value);
  if (value.type.kind == TypeKind::row) {
    return field_at(std::move(value), *access.index);
  }
  std::vector<Expression> arguments;
  arguments.push_back(std::move(value));
  arguments.push_back(bind(*access.index));
  const Expression& index = arguments.back();
  if (arguments.front().type.kind == TypeKind::array && index.type.kind == TypeKind::integer &&
      index.kind == ExpressionKind::literal && index.literal.values<int32_t>()[0] < 1) {
    throw Error(ErrorCode::invalid_argument,
                "array element access needs an index starting at 1 but was " +
                    std::to_string(index.literal.values<int32_t>()[0]),
                access.index->position);
  }
  return call_of("[]", std::move(arguments), at);
}

Expression ExpressionBinder::bind(const sql::Cast& cast, const Position& at) const {
  std::vector<Expression> arguments;
  arguments.push_back(bind(*cast.value));
  const Type from = arguments.front().type;
  const Type to = bind_type(cast.type).as_nullable(cast.safe || from.nullable);
  const std::optional<sql::IntervalUnits>& interval = cast.type.interval;
  const bool is_exact = from.is_integer() || from.kind == TypeKind::decimal;
  // As in Flink a number that is written counts the interval's unit; any other value, and whatever
  // TRY_CAST is given, milliseconds or months.
  if (interval && !interval->to && is_exact && !cast.safe &&
      arguments.front().kind == ExpressionKind::literal) {
    arguments.push_back(bigint_literal(length_of_unit(interval->from)));
    const Type whole = Type::of(TypeKind::bigint, false);
    return implicitly_cast(implicitly_cast(call_of("*", std::move(arguments), at), whole), to);
  }
  const bool is_same_bitmap = from.kind == TypeKind::bitmap && to.kind == TypeKind::bitmap;
  const bool has_no_unit = interval && interval->to && from.is_numeric();
  if (from.kind == TypeKind::variant || is_same_bitmap || has_no_unit ||
      !function::can_cast(from, to)) {
    throw Error(ErrorCode::type_mismatch,
                "cannot cast " + from.to_string() + " to " + to.as_nullable().to_string() +
                    (has_no_unit ? ": name one unit" : ""),
                at);
  }
  return Expression::of(cast.safe ? ExpressionKind::try_cast : ExpressionKind::cast, to,
                        std::move(arguments));
}

// Functions of what is known when a statement is bound.
std::optional<Expression> ExpressionBinder::bind_fact(const sql::FunctionCall& call) const {
  const std::string& name = call.name.last().text;
  const size_t count = call.arguments.size();
  // Behind the value stands whether the type is to be written so that it can be read back, as it is
  // in any case.
  const bool is_type =
      sql::is_word(name, "TYPEOF") &&
      (count == 1 ||
       (count == 2 && std::holds_alternative<sql::BooleanLiteral>(call.arguments[1]->node)));
  if (is_type) {
    return text_literal(Type::string(), type_text(bind(*call.arguments[0]).type));
  }
  if (sql::is_word(name, "CURRENT_DATABASE") && count == 0 && scope_->functions() != nullptr) {
    return text_literal(Type::string(false), scope_->functions()->current_database());
  }
  return std::nullopt;
}

Expression ExpressionBinder::bind(const sql::FunctionCall& call, const Position& at) const {
  const std::string& name = call.name.last().text;
  if (call.over) {
    refuse("OVER", call.over->position);
  }
  const auto own = own_function(call.name, at);
  if (own == nullptr) {
    refuse_aggregate(name, at);
  }
  if (call.distinct || call.filter || !call.within_group.empty() ||
      call.nulls != sql::FunctionCall::Nulls::unspecified) {
    throw Error(ErrorCode::invalid_argument,
                "DISTINCT, FILTER, WITHIN GROUP and IGNORE NULLS belong to aggregate functions of "
                "a query with GROUP BY",
                at);
  }
  if (own != nullptr) {
    check_scalar(*own, at);
    return bind_own_call(*own, call, at);
  }
  if (auto fact = bind_fact(call)) {
    return std::move(*fact);
  }
  if (sql::is_word(name, "JSON")) {
    throw Error(ErrorCode::unsupported,
                "JSON() stands for a value of JSON_OBJECT or JSON_ARRAY alone", at);
  }
  refuse_bare_nulls(name, call.arguments);
  std::vector<Expression> arguments = bind_all(call.arguments);
  return sql::is_word(name, "COALESCE") && !arguments.empty()
             ? coalesced(std::move(arguments), at)
             : call_of(name, std::move(arguments), at);
}

}  // namespace millrace::plan
