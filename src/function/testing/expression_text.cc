#include "function/testing/expression_text.h"

#include <cctype>
#include <charconv>

#include "base/error.h"
#include "column/builder.h"
#include "function/conditional_calls.h"
#include "function/evaluate.h"

namespace millrace::function::testing {

namespace {

Expression string_literal(std::string_view text) {
  ColumnBuilder builder(
      Type::with_length(TypeKind::char_, static_cast<int32_t>(text.size()), false));
  builder.add_string(text);
  return Expression::of_literal(builder.finish());
}

template <typename T>
Expression literal(Type type, T value) {
  ColumnBuilder builder(std::move(type));
  builder.add<T>(value);
  return Expression::of_literal(builder.finish());
}

class Reader {
 public:
  Reader(std::string_view text, std::span<const Type> columns) : rest_(text), columns_(columns) {}

  Expression whole() {
    Expression expression = disjunction();
    expect_end();
    return expression;
  }
  Type type() {
    const std::string name = word();
    std::vector<int32_t> numbers;
    if (sign("(")) {
      do {
        numbers.push_back(static_cast<int32_t>(std::stoi(digits())));
      } while (sign(","));
      expect(")");
    }
    const auto number = [&](size_t i, int32_t otherwise) {
      return i < numbers.size() ? numbers[i] : otherwise;
    };
    struct Plain {
      const char* name;
      TypeKind kind;
    };
    static constexpr Plain kPlain[] = {
        {"BOOLEAN", TypeKind::boolean},   {"TINYINT", TypeKind::tinyint},
        {"SMALLINT", TypeKind::smallint}, {"INT", TypeKind::integer},
        {"BIGINT", TypeKind::bigint},     {"FLOAT", TypeKind::float_},
        {"DOUBLE", TypeKind::double_},    {"DATE", TypeKind::date},
    };
    for (const Plain& plain : kPlain) {
      if (name == plain.name) {
        return Type::of(plain.kind);
      }
    }
    if (name == "DECIMAL") {
      return Type::decimal(number(0, 10), number(1, 0));
    }
    if (name == "STRING" || name == "VARCHAR") {
      return Type::with_length(TypeKind::varchar, number(0, Type::kMaxLength));
    }
    if (name == "BYTES" || name == "VARBINARY") {
      return Type::with_length(TypeKind::varbinary, number(0, Type::kMaxLength));
    }
    if (name == "CHAR" || name == "BINARY") {
      return Type::with_length(name == "CHAR" ? TypeKind::char_ : TypeKind::binary, number(0, 1));
    }
    if (name == "TIME") {
      return Type::with_length(TypeKind::time, number(0, 0));
    }
    if (name == "TIMESTAMP" || name == "TIMESTAMP_LTZ") {
      return name == "TIMESTAMP" ? Type::timestamp(number(0, 6))
                                 : Type::timestamp_ltz(number(0, 6));
    }
    throw Error(ErrorCode::syntax, "unknown type " + name);
  }
  void expect_end() {
    skip();
    if (!rest_.empty()) {
      fail("the end");
    }
  }

 private:
  Expression disjunction() {
    std::vector<Expression> parts{conjunction()};
    while (keyword("OR")) {
      parts.push_back(conjunction());
    }
    return joined(ExpressionKind::or_, std::move(parts));
  }
  Expression conjunction() {
    std::vector<Expression> parts{negation()};
    while (keyword("AND")) {
      parts.push_back(negation());
    }
    return joined(ExpressionKind::and_, std::move(parts));
  }
  static Expression joined(ExpressionKind kind, std::vector<Expression> parts) {
    if (parts.size() == 1) {
      return std::move(parts.front());
    }
    return Expression::of(kind, Type::of(TypeKind::boolean), std::move(parts));
  }
  Expression negation() { return keyword("NOT") ? call("NOT", negation()) : comparison(); }

  Expression comparison() {
    Expression left = sum();
    for (const char* name : {"<=", ">=", "<>", "=", "<", ">"}) {
      if (sign(name)) {
        return call(name, std::move(left), sum());
      }
    }
    if (keyword("IS")) {
      const std::string negated = keyword("NOT") ? "IS NOT " : "IS ";
      const std::string what = word();
      if (what == "DISTINCT") {
        word();
        return call(negated + "DISTINCT FROM", std::move(left), sum());
      }
      return call(negated + what, std::move(left));
    }
    const bool negated = keyword("NOT");
    if (keyword("LIKE")) {
      Expression pattern = sum();
      Expression like = keyword("ESCAPE") ? call("LIKE", std::move(left), std::move(pattern), sum())
                                          : call("LIKE", std::move(left), std::move(pattern));
      return negated ? call("NOT", std::move(like)) : like;
    }
    return left;
  }
  Expression sum() {
    Expression left = product();
    while (true) {
      const std::string name = sign("||") ? "||" : sign("+") ? "+" : sign("-") ? "-" : "";
      if (name.empty()) {
        return left;
      }
      left = call(name, std::move(left), product());
    }
  }
  Expression product() {
    Expression left = unary();
    while (true) {
      const std::string name = sign("*") ? "*" : sign("/") ? "/" : sign("%") ? "%" : "";
      if (name.empty()) {
        return left;
      }
      left = call(name, std::move(left), unary());
    }
  }
  Expression unary() { return sign("-") ? call("-", unary()) : primary(); }

  Expression primary() {
    skip();
    if (sign("(")) {
      Expression inner = disjunction();
      expect(")");
      return inner;
    }
    if (sign("$")) {
      const auto number = static_cast<size_t>(std::stoul(digits()));
      return Expression::of_column(number, columns_[number]);
    }
    if (rest_.starts_with('\'')) {
      return string_literal(quoted());
    }
    if (!rest_.empty() && std::isdigit(static_cast<unsigned char>(rest_.front())) != 0) {
      return number();
    }
    return worded(word());
  }
  Expression worded(const std::string& name) {
    if (name == "NULL") {
      return Expression::of_literal(Column::null(Type::of(TypeKind::null_), 1));
    }
    if (name == "TRUE" || name == "FALSE") {
      return literal<uint8_t>(Type::of(TypeKind::boolean, false), name == "TRUE");
    }
    skip();
    if (rest_.starts_with('\'')) {
      return typed_literal(name);
    }
    if (name == "CASE") {
      return case_expression();
    }
    if (!sign("(")) {
      return call_of(name, {});
    }
    if (name == "CAST" || name == "TRY_CAST") {
      Expression value = disjunction();
      expect("AS");
      const Type to = type();
      expect(")");
      return Expression::of(name == "CAST" ? ExpressionKind::cast : ExpressionKind::try_cast, to,
                            {std::move(value)});
    }
    std::vector<Expression> arguments;
    if (!sign(")")) {
      do {
        arguments.push_back(disjunction());
      } while (sign(","));
      expect(")");
    }
    return name == "COALESCE" ? coalesce(std::move(arguments))
                              : call_of(name, std::move(arguments));
  }
  Expression typed_literal(const std::string& name) {
    const std::string text = quoted();
    if (name == "INTERVAL") {
      return interval(text, word());
    }
    Type type = name == "DATE"   ? Type::of(TypeKind::date)
                : name == "TIME" ? Type::with_length(TypeKind::time, 3)
                                 : Type::timestamp(fraction_digits(text));
    if (name == "TIMESTAMP_LTZ") {
      type = Type::timestamp_ltz(fraction_digits(text));
    }
    return folded(Expression::of(ExpressionKind::cast, type, {string_literal(text)}));
  }
  static int32_t fraction_digits(const std::string& text) {
    const size_t point = text.find('.');
    return point == std::string::npos ? 0 : static_cast<int32_t>(text.size() - point - 1);
  }
  static Expression interval(const std::string& text, const std::string& unit) {
    const int64_t count = std::stoll(text);
    if (unit == "YEAR" || unit == "MONTH") {
      return literal<int32_t>(Type::of(TypeKind::interval_month, false),
                              static_cast<int32_t>(count * (unit == "YEAR" ? 12 : 1)));
    }
    const int64_t ms = unit == "DAY"           ? 86'400'000
                       : unit == "HOUR"        ? 3'600'000
                       : unit == "MINUTE"      ? 60'000
                       : unit == "MILLISECOND" ? 1
                                               : 1000;
    return literal<int64_t>(Type::of(TypeKind::interval_ms, false), count * ms);
  }
  Expression case_expression() {
    std::vector<Expression> parts;
    while (keyword("WHEN")) {
      parts.push_back(disjunction());
      expect("THEN");
      parts.push_back(disjunction());
    }
    parts.push_back(keyword("ELSE") ? disjunction()
                                    : Expression::of_literal(Column::null(Type(), 1)));
    expect("END");
    Type type = parts.back().type;
    for (size_t i = 1; i < parts.size(); i += 2) {
      type = together(type, parts[i].type);
    }
    for (size_t i = 1; i < parts.size(); i += 2) {
      parts[i] = converted(std::move(parts[i]), type);
    }
    parts.back() = converted(std::move(parts.back()), type);
    return Expression::of(ExpressionKind::case_, type, std::move(parts));
  }
  static Expression coalesce(std::vector<Expression> arguments) {
    Type type = arguments.front().type;
    for (const Expression& argument : arguments) {
      type = together(type, argument.type);
    }
    for (Expression& argument : arguments) {
      argument = converted(std::move(argument), type);
    }
    return Expression::of(ExpressionKind::coalesce, type, std::move(arguments));
  }
  static Type together(const Type& a, const Type& b) {
    const std::optional<Type> common = common_type(a, b);
    if (!common) {
      throw Error(ErrorCode::type_mismatch, a.to_string() + " meets " + b.to_string());
    }
    return *common;
  }
  static Expression converted(Expression expression, const Type& to) {
    if (expression.type.same_but_nullability(to)) {
      return expression;
    }
    return Expression::of(ExpressionKind::cast, to, {std::move(expression)});
  }

  template <typename... Arguments>
  static Expression call(const std::string& name, Arguments... arguments) {
    std::vector<Expression> list;
    (list.push_back(std::move(arguments)), ...);
    return call_of(name, std::move(list));
  }
  static Expression call_of(const std::string& name, std::vector<Expression> arguments) {
    if (auto conditional = as_conditional(name, arguments)) {
      return std::move(*conditional);
    }
    const ScalarFunction* function = find_scalar(name);
    if (function == nullptr) {
      throw Error(ErrorCode::not_found, "no function " + name);
    }
    std::vector<Type> types;
    for (const Expression& argument : arguments) {
      types.push_back(argument.type);
    }
    std::optional<ScalarSignature> signature = function->bind(types);
    if (!signature) {
      std::string given;
      for (const Type& type : types) {
        given += (given.empty() ? "" : ", ") + type.to_string();
      }
      throw Error(ErrorCode::type_mismatch, "no " + name + "(" + given + ")");
    }
    for (size_t i = 0; i < arguments.size(); ++i) {
      arguments[i] = converted(std::move(arguments[i]), signature->arguments[i]);
    }
    return Expression::of_call(std::make_shared<ScalarSignature>(std::move(*signature)),
                               std::move(arguments));
  }

  Expression number() {
    const std::string whole = digits();
    std::string fraction;
    const bool has_point = sign(".");
    if (has_point) {
      fraction = digits();
    }
    if (rest_.starts_with('e')) {
      rest_.remove_prefix(1);
      const bool negative = sign("-");
      const std::string exponent = digits();
      const std::string text = whole + "." + fraction + "0e" + (negative ? "-" : "") + exponent;
      return literal<double>(Type::of(TypeKind::double_, false), std::stod(text));
    }
    if (!has_point) {
      const int64_t value = std::stoll(whole);
      return value <= INT32_MAX
                 ? literal<int32_t>(Type::of(TypeKind::integer, false), static_cast<int32_t>(value))
                 : literal<int64_t>(Type::of(TypeKind::bigint, false), value);
    }
    const Type type = Type::decimal(static_cast<int32_t>(whole.size() + fraction.size()),
                                    static_cast<int32_t>(fraction.size()), false);
    return folded(
        Expression::of(ExpressionKind::cast, type, {string_literal(whole + "." + fraction)}));
  }

  void skip() {
    while (rest_.starts_with(' ')) {
      rest_.remove_prefix(1);
    }
  }
  bool sign(std::string_view text) {
    skip();
    if (!rest_.starts_with(text)) {
      return false;
    }
    rest_.remove_prefix(text.size());
    return true;
  }
  static bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
  }
  std::string peek_word() {
    skip();
    size_t size = 0;
    while (size < rest_.size() && is_word(rest_[size])) {
      ++size;
    }
    return std::string(rest_.substr(0, size));
  }
  bool keyword(std::string_view name) {
    if (peek_word() != name) {
      return false;
    }
    rest_.remove_prefix(name.size());
    return true;
  }
  std::string word() {
    std::string found = peek_word();
    if (found.empty()) {
      fail("a word");
    }
    rest_.remove_prefix(found.size());
    return found;
  }
  std::string digits() {
    skip();
    std::string found;
    while (!rest_.empty() && std::isdigit(static_cast<unsigned char>(rest_.front())) != 0) {
      found += rest_.front();
      rest_.remove_prefix(1);
    }
    return found;
  }
  std::string quoted() {
    std::string text;
    rest_.remove_prefix(1);
    while (true) {
      const size_t end = rest_.find('\'');
      if (end == std::string_view::npos) {
        fail("a quote");
      }
      text += rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
      if (!rest_.starts_with('\'')) {
        return text;
      }
      text += '\'';
      rest_.remove_prefix(1);
    }
  }
  void expect(std::string_view text) {
    if (!sign(text)) {
      fail(text);
    }
  }
  [[noreturn]] void fail(std::string_view expected) {
    throw Error(ErrorCode::syntax,
                "expected " + std::string(expected) + " before '" + std::string(rest_) + "'");
  }

  std::string_view rest_;
  std::span<const Type> columns_;
};

}  // namespace

Expression read_expression(std::string_view text, std::span<const Type> columns) {
  return Reader(text, columns).whole();
}

Type read_type(std::string_view text) {
  Reader reader(text, {});
  Type type = reader.type();
  reader.expect_end();
  return type;
}

std::string value_of(std::string_view text) {
  const Expression expression = read_expression(text);
  Batch one;
  one.physical_size = 1;
  EvaluationContext context(Timestamp{1'767'225'600'123});  // 2026-01-01 00:00:00.123
  const Column value = evaluate(expression, one, Rows(1), context);
  if (!context.failures().empty()) {
    return "error: " + context.failures().front().reason;
  }
  return to_text(value, 0);
}

}  // namespace millrace::function::testing
