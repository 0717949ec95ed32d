// Escapes of JDBC, in braces: {d '2026-01-31'}, {t '12:00:00'}, {ts '2026-01-31 12:00:00'} are
// literals, {fn UCASE(s)} is the call of a function by JDBC's name. Listed are those that Flink
// computes.

#include <algorithm>
#include <array>

#include "sql/grammar.h"

namespace millrace::sql {

namespace {

struct Function {
  std::string_view name;  // in JDBC, where capital letters count
  std::string_view ours;
};

constexpr std::array kFunctions = {
    Function{"ABS", "ABS"},
    Function{"ACOS", "ACOS"},
    Function{"ASIN", "ASIN"},
    Function{"ATAN", "ATAN"},
    Function{"ATAN2", "ATAN2"},
    Function{"CEILING", "CEILING"},
    Function{"COS", "COS"},
    Function{"COT", "COT"},
    Function{"DAYOFMONTH", "DAYOFMONTH"},
    Function{"DAYOFWEEK", "DAYOFWEEK"},
    Function{"DAYOFYEAR", "DAYOFYEAR"},
    Function{"DEGREES", "DEGREES"},
    Function{"EXP", "EXP"},
    Function{"FLOOR", "FLOOR"},
    Function{"HOUR", "HOUR"},
    Function{"IFNULL", "IFNULL"},
    Function{"LCASE", "LOWER"},
    Function{"LENGTH", "CHAR_LENGTH"},
    Function{"LOCATE", "LOCATE"},
    Function{"LOG", "LN"},
    Function{"LOG10", "LOG10"},
    Function{"MINUTE", "MINUTE"},
    Function{"MOD", "MOD"},
    Function{"MONTH", "MONTH"},
    Function{"PI", "PI"},
    Function{"POWER", "POWER"},
    Function{"QUARTER", "QUARTER"},
    Function{"RADIANS", "RADIANS"},
    Function{"SECOND", "SECOND"},
    Function{"SIGN", "SIGN"},
    Function{"SIN", "SIN"},
    Function{"SQRT", "SQRT"},
    Function{"TAN", "TAN"},
    Function{"UCASE", "UPPER"},
    Function{"WEEK", "WEEK"},
    Function{"YEAR", "YEAR"},
};

// Those with arguments in another order, or words in their place.
ExpressionPtr parse_special(TokenStream& tokens) {
  const Token& word = tokens.peek();
  const auto arguments = [&](size_t count) {
    tokens.next();
    tokens.expect("(");
    std::vector<ExpressionPtr> list = parse_list(tokens, parse_expression);
    tokens.expect(")");
    if (list.size() != count) {
      throw Error(ErrorCode::syntax,
                  "{fn " + word.text + "} takes " + std::to_string(count) + " arguments, found " +
                      std::to_string(list.size()),
                  word.position);
    }
    return list;
  };
  if (word.text == "TIMESTAMPADD" || word.text == "TIMESTAMPDIFF") {
    return parse_special_form(tokens);
  }
  if (word.text == "CONCAT") {
    auto parts = arguments(2);
    return make_expression(word.position, Binary{BinaryOperator::concatenate, std::move(parts[0]),
                                                 std::move(parts[1])});
  }
  FunctionCall call;
  if (word.text == "INSERT") {  // text, start, length, replacement
    call.arguments = arguments(4);
    call.name.parts.push_back({word.position, "OVERLAY"});
    std::rotate(call.arguments.begin() + 1, call.arguments.end() - 1, call.arguments.end());
  } else {
    call.name.parts.push_back({word.position, "TRIM"});
    const char* side = word.text == "LTRIM" ? "LEADING" : "TRAILING";
    auto text = arguments(1);
    call.arguments.push_back(make_expression(word.position, Symbol{side}));
    call.arguments.push_back(make_expression(word.position, StringLiteral{" "}));
    call.arguments.push_back(std::move(text[0]));
  }
  return make_expression(word.position, std::move(call));
}

ExpressionPtr parse_function(TokenStream& tokens) {
  constexpr std::array<std::string_view, 6> kSpecial = {"CONCAT", "INSERT",       "LTRIM",
                                                        "RTRIM",  "TIMESTAMPADD", "TIMESTAMPDIFF"};
  const Token& word = tokens.peek();
  if (std::find(kSpecial.begin(), kSpecial.end(), word.text) != kSpecial.end()) {
    return parse_special(tokens);
  }
  const auto* function = std::find_if(kFunctions.begin(), kFunctions.end(),
                                      [&](const Function& one) { return one.name == word.text; });
  if (function == kFunctions.end()) {
    throw Error(
        ErrorCode::not_found,
        "Function '{fn " + word.text + "}' is not defined: call it by its name, without braces",
        word.position);
  }
  FunctionCall call;
  call.name.parts.push_back({word.position, std::string(function->ours)});
  tokens.next();
  tokens.expect("(");
  if (!tokens.at(")")) {
    call.arguments = parse_list(tokens, parse_expression);
  }
  tokens.expect(")");
  return make_expression(word.position, std::move(call));
}

}  // namespace

ExpressionPtr parse_jdbc_escape(TokenStream& tokens) {
  using Kind = TemporalLiteral::Kind;
  const Nesting nesting(tokens);
  const Position position = tokens.next().position;
  const Token& word = tokens.peek();
  const auto literal = [&](Kind kind) {
    tokens.next();
    return make_expression(position, TemporalLiteral{kind, parse_string(tokens, "a string")});
  };
  ExpressionPtr escaped;
  if (word.is("D")) {
    escaped = literal(Kind::date);
  } else if (word.is("T")) {
    escaped = literal(Kind::time);
  } else if (word.is("TS")) {
    escaped = literal(Kind::timestamp);
  } else if (tokens.accept("FN")) {
    escaped = parse_function(tokens);
  } else {
    tokens.fail("fn, d, t or ts");
  }
  tokens.expect("}");
  return escaped;
}

}  // namespace millrace::sql
