// Operators as they are written: signs, comparisons and logic, IS, BETWEEN, IN, LIKE, and CASE,
// which compares as well.

#include <algorithm>

#include "base/utf8.h"
#include "plan/bind/bare_nulls.h"
#include "plan/bind/expressions.h"
#include "plan/bind/literals.h"

namespace millrace::plan {

using function::Expression;
using function::ExpressionKind;

namespace {

Type boolean_of(const std::vector<Expression>& arguments) {
  bool nullable = false;
  for (const Expression& argument : arguments) {
    nullable = nullable || argument.type.nullable;
  }
  return Type::of(TypeKind::boolean, nullable);
}

Expression logic(ExpressionKind kind, std::vector<Expression> arguments) {
  const Type type = boolean_of(arguments);
  return Expression::of(kind, type, std::move(arguments));
}

// Where it is written here; one that is computed is looked at in each row.
void check_escape(const sql::Expression& escape) {
  const auto* text = std::get_if<sql::StringLiteral>(&escape.node);
  if (text != nullptr && !text->value.empty() &&
      utf8_front(text->value).size < text->value.size()) {
    throw Error(ErrorCode::invalid_argument,
                "ESCAPE takes one character, found '" + text->value + "'", escape.position);
  }
}

Expression negated_if(bool negated, Expression condition, const Position& at) {
  if (!negated) {
    return condition;
  }
  std::vector<Expression> arguments;
  arguments.push_back(std::move(condition));
  return call_of("NOT", std::move(arguments), at);
}

Expression call_of_two(std::string_view name, Expression left, Expression right,
                       const Position& at) {
  std::vector<Expression> arguments;
  arguments.push_back(std::move(left));
  arguments.push_back(std::move(right));
  return call_of(name, std::move(arguments), at);
}

// Both are written out part by part.
bool are_rows(const Expression& a, const Expression& b) {
  const auto is_row = [](const Expression& expression) {
    return expression.kind == ExpressionKind::call && expression.signature->name == "ROW";
  };
  return is_row(a) && is_row(b) && a.arguments.size() == b.arguments.size();
}

// Flink does not compare what is the same expression: it is equal where it is not NULL, although an
// array that has a NULL is not equal to another such array.
Expression is_equal_to_itself(Expression value, const Position& at) {
  std::vector<Expression> present;
  present.push_back(std::move(value));
  const bool nullable = present.front().type.nullable;
  std::vector<Expression> either;
  either.push_back(call_of("IS NOT NULL", std::move(present), at));
  either.push_back(implicitly_cast(null_literal(), Type::of(TypeKind::boolean)));
  return nullable ? logic(ExpressionKind::or_, std::move(either)) : boolean_literal(true);
}

// Of such rows the parts are: one that differs decides, although another is NULL.
Expression equality(Expression left, Expression right, const Position& at) {
  if (!are_rows(left, right)) {
    return left.type.physical() == Physical::nested && left.equals(right)
               ? is_equal_to_itself(std::move(left), at)
               : call_of_two("=", std::move(left), std::move(right), at);
  }
  std::vector<Expression> parts;
  for (size_t i = 0; i < left.arguments.size(); ++i) {
    parts.push_back(equality(std::move(left.arguments[i]), std::move(right.arguments[i]), at));
  }
  return parts.size() == 1 ? std::move(parts.front())
                           : logic(ExpressionKind::and_, std::move(parts));
}

// Flink orders a number and a text, and looks for one in a list of the other, but does not say
// whether they are equal.
void refuse_number_as_text(const Expression& left, const Expression& right, const Position& at) {
  if ((left.type.is_numeric() && right.type.is_string()) ||
      (left.type.is_string() && right.type.is_numeric())) {
    throw Error(ErrorCode::type_mismatch,
                "implicit type conversion between " + left.type.as_nullable().to_string() +
                    " and " + right.type.as_nullable().to_string() +
                    " is not supported now: cast one to the other",
                at);
  }
}

// A number that is written in a list for a column of whole numbers, FLOAT or text becomes one as
// well, as in Flink: 2 is in (2.5).
Expression as_candidate(Expression candidate, const Type& type) {
  const bool is_converted =
      candidate.kind == ExpressionKind::literal && candidate.type.is_numeric() &&
      (type.is_integer() || type.kind == TypeKind::float_ || type.is_string());
  return is_converted ? implicitly_cast(std::move(candidate), type) : candidate;
}

// Values in a list are alike, as in Flink, whatever they are compared with: numbers, texts, truth
// values or others. NULL is like each of them.
class Alike {
 public:
  void check(const Expression& value, const Position& at) {
    const Type& type = value.type;
    if (type.kind == TypeKind::null_) {
      return;
    }
    if (!first_) {
      first_ = type;
    } else if (type.is_numeric() != first_->is_numeric() ||
               type.is_string() != first_->is_string() ||
               (type.kind == TypeKind::boolean) != (first_->kind == TypeKind::boolean)) {
      throw Error(ErrorCode::type_mismatch,
                  "values in a list must have compatible types, and one is " +
                      first_->as_nullable().to_string() + ", another " +
                      type.as_nullable().to_string() + ": cast one to the other",
                  at);
    }
  }

 private:
  std::optional<Type> first_;
};

bool has_nullable_part(const Expression& row) {
  return std::any_of(row.arguments.begin(), row.arguments.end(),
                     [](const Expression& part) { return part.type.nullable; });
}

// Rows that are unequal are so by one part, of which NULL is a value like any other, as Flink
// compares rows; it takes them apart for = alone.
Expression difference(Expression left, Expression right, const Position& at) {
  if (!are_rows(left, right)) {
    return call_of_two("IS DISTINCT FROM", std::move(left), std::move(right), at);
  }
  std::vector<Expression> parts;
  for (size_t i = 0; i < left.arguments.size(); ++i) {
    parts.push_back(difference(std::move(left.arguments[i]), std::move(right.arguments[i]), at));
  }
  return parts.size() == 1 ? std::move(parts.front())
                           : logic(ExpressionKind::or_, std::move(parts));
}

// (from, to) or (from, how long) as its two ends, the earlier first.
std::pair<Expression, Expression> ends_of(const Expression& period, const Position& at) {
  const bool is_pair = period.kind == ExpressionKind::call && period.signature->name == "ROW" &&
                       period.arguments.size() == 2;
  const auto is_time = [](const Type& type) {
    return type.is_timestamp() || type.kind == TypeKind::date || type.kind == TypeKind::time;
  };
  const auto is_length = [](const Type& type) {
    return type.kind == TypeKind::interval_ms || type.kind == TypeKind::interval_month;
  };
  if (!is_pair || !is_time(period.arguments[0].type) ||
      (!is_time(period.arguments[1].type) && !is_length(period.arguments[1].type))) {
    throw Error(ErrorCode::type_mismatch,
                "OVERLAPS compares two periods, (time, time) or (time, interval) each", at);
  }
  const Expression& from = period.arguments[0];
  const Expression to = is_length(period.arguments[1].type)
                            ? call_of_two("+", from, period.arguments[1], at)
                            : period.arguments[1];
  return {call_of_two("LEAST", from, to, at), call_of_two("GREATEST", from, to, at)};
}

// Periods that only meet overlap as well.
Expression overlap(const Expression& left, const Expression& right, const Position& at) {
  auto [left_begin, left_end] = ends_of(left, at);
  auto [right_begin, right_end] = ends_of(right, at);
  std::vector<Expression> both;
  both.push_back(call_of_two(">=", std::move(left_end), std::move(right_begin), at));
  both.push_back(call_of_two(">=", std::move(right_end), std::move(left_begin), at));
  return logic(ExpressionKind::and_, std::move(both));
}

bool is_comparison(sql::BinaryOperator op) {
  return op == sql::BinaryOperator::equal || op == sql::BinaryOperator::not_equal ||
         op == sql::BinaryOperator::less || op == sql::BinaryOperator::less_equal ||
         op == sql::BinaryOperator::greater || op == sql::BinaryOperator::greater_equal;
}

std::string_view function_of(sql::BinaryOperator op) {
  switch (op) {
    case sql::BinaryOperator::equal: return "=";
    case sql::BinaryOperator::not_equal: return "<>";
    case sql::BinaryOperator::less: return "<";
    case sql::BinaryOperator::less_equal: return "<=";
    case sql::BinaryOperator::greater: return ">";
    case sql::BinaryOperator::greater_equal: return ">=";
    case sql::BinaryOperator::add: return "+";
    case sql::BinaryOperator::subtract: return "-";
    case sql::BinaryOperator::multiply: return "*";
    case sql::BinaryOperator::divide: return "/";
    case sql::BinaryOperator::modulo: return "%";
    case sql::BinaryOperator::concatenate: return "||";
    case sql::BinaryOperator::overlaps:
    case sql::BinaryOperator::and_:
    case sql::BinaryOperator::or_: break;  // kinds of expression, not functions
  }
  return "";
}

Expression operation(sql::BinaryOperator op, Expression left, Expression right,
                     const Position& at) {
  if (op == sql::BinaryOperator::equal) {
    return equality(std::move(left), std::move(right), at);
  }
  if (op == sql::BinaryOperator::not_equal && are_rows(left, right)) {
    const bool nullable = has_nullable_part(left) || has_nullable_part(right);
    Expression unequal = difference(std::move(left), std::move(right), at);
    unequal.type.nullable = nullable;  // so Flink says, though it never is
    return unequal;
  }
  return call_of_two(function_of(op), std::move(left), std::move(right), at);
}

}  // namespace

static Expression positive(Expression operand, const Position& at) {
  const Type& type = operand.type;
  if (!type.is_numeric() && type.kind != TypeKind::interval_ms &&
      type.kind != TypeKind::interval_month) {
    throw Error(ErrorCode::type_mismatch,
                "+ does not take (" + type.as_nullable().to_string() +
                    "); it is a + b, +a of a number or an interval",
                at);
  }
  return operand;
}

Expression ExpressionBinder::bind(const sql::Unary& unary, const Position& at) const {
  // So that the most negative numbers are literals: -2147483648 is an INT.
  const auto* number = std::get_if<sql::NumberLiteral>(&unary.operand->node);
  if (unary.op == sql::UnaryOperator::minus && number != nullptr) {
    return number_literal("-" + number->text, number->approximate, at);
  }
  refuse_bare_null(*unary.operand);
  Expression operand = bind(*unary.operand);
  switch (unary.op) {
    case sql::UnaryOperator::plus: return positive(std::move(operand), at);
    case sql::UnaryOperator::not_: return negated_if(true, std::move(operand), at);
    case sql::UnaryOperator::minus: break;
  }
  std::vector<Expression> arguments;
  arguments.push_back(std::move(operand));
  return call_of("-", std::move(arguments), at);
}

static bool has_bare_null(const sql::Expression& written) {
  const auto* row = std::get_if<sql::RowConstructor>(&written.node);
  return row == nullptr
             ? std::holds_alternative<sql::NullLiteral>(written.node)
             : std::any_of(row->fields.begin(), row->fields.end(),
                           [](const sql::ExpressionPtr& field) { return has_bare_null(*field); });
}

// Of rows that are compared a NULL takes the type that the other side has in its place.
static Expression compared(const ExpressionBinder& binder, const sql::Expression& written) {
  const auto* row = std::get_if<sql::RowConstructor>(&written.node);
  if (row == nullptr || !has_bare_null(written)) {
    return binder.bind(written);
  }
  std::vector<Expression> fields;
  for (const sql::ExpressionPtr& field : row->fields) {
    fields.push_back(compared(binder, *field));
  }
  return call_of("ROW", std::move(fields), written.position);
}

Expression ExpressionBinder::bind(const sql::Binary& binary, const Position& at) const {
  if (binary.op == sql::BinaryOperator::and_ || binary.op == sql::BinaryOperator::or_) {
    return bind_logic(binary);
  }
  if (!is_comparison(binary.op)) {
    refuse_bare_null(*binary.left);
    refuse_bare_null(*binary.right);
  }
  // In order, for whoever counts what the intercept is asked.
  Expression left = compared(*this, *binary.left);
  Expression right = compared(*this, *binary.right);
  if (binary.op == sql::BinaryOperator::overlaps) {
    return overlap(left, right, at);
  }
  if (binary.op == sql::BinaryOperator::not_equal || binary.op == sql::BinaryOperator::equal) {
    refuse_number_as_text(left, right, at);
  }
  return operation(binary.op, std::move(left), std::move(right), at);
}

// a AND b AND c is one conjunction of three.
Expression ExpressionBinder::bind_logic(const sql::Binary& binary) const {
  const bool is_and = binary.op == sql::BinaryOperator::and_;
  const ExpressionKind kind = is_and ? ExpressionKind::and_ : ExpressionKind::or_;
  std::vector<Expression> arguments;
  for (const sql::Expression* side : {binary.left.get(), binary.right.get()}) {
    refuse_bare_null(*side);
    Expression condition = bind_condition(*side, is_and ? "AND" : "OR");
    if (condition.kind == kind) {
      std::move(condition.arguments.begin(), condition.arguments.end(),
                std::back_inserter(arguments));
    } else {
      arguments.push_back(std::move(condition));
    }
  }
  return logic(kind, std::move(arguments));
}

Expression ExpressionBinder::bind(const sql::Is& is, const Position& at) const {
  const char* word = nullptr;
  switch (is.what) {
    case sql::Is::What::null_: word = "NULL"; break;
    case sql::Is::What::true_: word = "TRUE"; break;
    case sql::Is::What::false_: word = "FALSE"; break;
    case sql::Is::What::unknown: word = "UNKNOWN"; break;
    case sql::Is::What::json_value: word = "JSON VALUE"; break;
    case sql::Is::What::json_object: word = "JSON OBJECT"; break;
    case sql::Is::What::json_array: word = "JSON ARRAY"; break;
    case sql::Is::What::json_scalar: word = "JSON SCALAR"; break;
  }
  if (is.what != sql::Is::What::null_) {
    refuse_bare_null(*is.operand);
  }
  std::vector<Expression> arguments;
  arguments.push_back(bind(*is.operand));
  if (std::string_view(word).starts_with("JSON")) {
    return negated_if(is.negated, call_of(std::string("IS ") + word, std::move(arguments), at), at);
  }
  return call_of(std::string("IS ") + (is.negated ? "NOT " : "") + word, std::move(arguments), at);
}

Expression ExpressionBinder::bind(const sql::IsDistinctFrom& is, const Position& at) const {
  Expression left = compared(*this, *is.left);
  Expression right = compared(*this, *is.right);
  refuse_number_as_text(left, right, at);
  return call_of_two(is.negated ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM", std::move(left),
                     std::move(right), at);
}

Expression ExpressionBinder::bind(const sql::Between& between, const Position& at) const {
  const Expression value = bind(*between.value);
  const Expression low = bind(*between.low);
  const Expression high = bind(*between.high);
  const auto within = [&](const Expression& from, const Expression& to) {
    std::vector<Expression> both;
    both.push_back(call_of_two(">=", value, from, at));
    both.push_back(call_of_two("<=", value, to, at));
    return logic(ExpressionKind::and_, std::move(both));
  };
  Expression condition = within(low, high);
  if (between.symmetric) {
    std::vector<Expression> either;
    either.push_back(std::move(condition));
    either.push_back(within(high, low));
    condition = logic(ExpressionKind::or_, std::move(either));
  }
  return negated_if(between.negated, std::move(condition), at);
}

// The value compared with each of a list.
static Expression each_compared(const ExpressionBinder& binder, const sql::Expression& written,
                                sql::BinaryOperator op, const std::vector<sql::ExpressionPtr>& list,
                                ExpressionKind kind, const Position& at) {
  const Expression value = compared(binder, written);
  std::vector<Expression> comparisons;
  Alike alike;
  for (const sql::ExpressionPtr& one : list) {
    Expression candidate = compared(binder, *one);
    alike.check(candidate, one->position);
    comparisons.push_back(operation(op, value, as_candidate(std::move(candidate), value.type), at));
  }
  return comparisons.size() == 1 ? std::move(comparisons.front())
                                 : logic(kind, std::move(comparisons));
}

Expression ExpressionBinder::bind(const sql::In& in, const Position& at) const {
  if (in.query) {
    throw Error(ErrorCode::unsupported, "IN with a sub-query is not supported here", at);
  }
  return negated_if(
      in.negated,
      each_compared(*this, *in.value, sql::BinaryOperator::equal, in.list, ExpressionKind::or_, at),
      at);
}

Expression ExpressionBinder::bind(const sql::Quantified& quantified, const Position& at) const {
  const bool any = quantified.quantifier == sql::Quantified::Quantifier::any;
  return each_compared(*this, *quantified.left, quantified.op, quantified.list,
                       any ? ExpressionKind::or_ : ExpressionKind::and_, at);
}

Expression ExpressionBinder::bind(const sql::Like& like, const Position& at) const {
  refuse_bare_null(*like.value);
  refuse_bare_null(*like.pattern);
  std::vector<Expression> arguments;
  arguments.push_back(bind(*like.value));
  arguments.push_back(bind(*like.pattern));
  if (like.escape) {
    check_escape(*like.escape);
    arguments.push_back(bind(*like.escape));
  }
  const bool is_like = like.kind == sql::Like::Kind::like;
  return negated_if(like.negated,
                    call_of(is_like ? "LIKE" : "SIMILAR TO", std::move(arguments), at), at);
}

// CASE operand WHEN value; one of several values is as it is in IN.
Expression ExpressionBinder::bind_values(const sql::Expression& operand,
                                         const sql::Case::When& when) const {
  std::vector<Expression> equal;
  Alike alike;
  for (const sql::ExpressionPtr& written : when.conditions) {
    Expression given = bind(operand);
    Expression value = bind(*written);
    alike.check(value, written->position);
    if (when.conditions.size() > 1) {
      value = as_candidate(std::move(value), given.type);
    } else {
      refuse_number_as_text(given, value, written->position);
    }
    equal.push_back(call_of_two("=", std::move(given), std::move(value), written->position));
  }
  return equal.size() == 1 ? std::move(equal.front())
                           : logic(ExpressionKind::or_, std::move(equal));
}

Expression ExpressionBinder::bind(const sql::Case& cases, const Position& at) const {
  std::vector<Expression> arguments;
  for (const sql::Case::When& when : cases.whens) {
    arguments.push_back(cases.operand ? bind_values(*cases.operand, when)
                                      : bind_condition(*when.conditions.front(), "WHEN"));
    arguments.push_back(bind(*when.result));
  }
  arguments.push_back(cases.otherwise ? bind(*cases.otherwise) : null_literal());
  std::vector<Expression*> results;
  for (size_t i = 1; i + 1 < arguments.size(); i += 2) {
    results.push_back(&arguments[i]);
  }
  results.push_back(&arguments.back());
  const Type type = cast_to_common_type(results, "the results of CASE", at, function::leading_type);
  if (type.kind == TypeKind::null_) {
    throw Error(ErrorCode::type_mismatch,
                "ELSE or at least one THEN of a CASE must be something else than NULL", at);
  }
  return Expression::of(ExpressionKind::case_, type, std::move(arguments));
}

}  // namespace millrace::plan
