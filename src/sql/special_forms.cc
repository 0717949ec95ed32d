#include "sql/grammar.h"

namespace millrace::sql {

namespace {

// A call that SQL writes with words, as the plain call that it stands for.
ExpressionPtr make_call(const Token& word, std::vector<ExpressionPtr> arguments) {
  FunctionCall call;
  call.name.parts.push_back({word.position, word.text});
  call.arguments = std::move(arguments);
  return make_expression(word.position, std::move(call));
}

template <typename... Arguments>
std::vector<ExpressionPtr> list_of(Arguments... arguments) {
  std::vector<ExpressionPtr> list;
  (list.push_back(std::move(arguments)), ...);
  return list;
}

ExpressionPtr parse_time_unit_symbol(TokenStream& tokens) {
  Position position = tokens.position();
  const std::string word(word_of(parse_time_unit(tokens)));
  return make_expression(std::move(position), Symbol{word});
}

ExpressionPtr parse_null(TokenStream& tokens) {
  return make_expression(tokens.next().position, NullLiteral{});
}

// NULL of a type.
ExpressionPtr parse_unknown(TokenStream& tokens) {
  const Position at = tokens.position();
  Cast cast;
  cast.value = parse_null(tokens);
  cast.type.position = at;
  cast.type.word = TypeWord::boolean;
  return make_expression(at, std::move(cast));
}

ExpressionPtr parse_boolean(TokenStream& tokens) {
  const Token& word = tokens.next();
  return make_expression(word.position, BooleanLiteral{word.is("TRUE")});
}

// DATE '...', TIME '...', TIMESTAMP '...', TIMESTAMP WITH LOCAL TIME ZONE '...'.
ExpressionPtr parse_temporal(TokenStream& tokens) {
  const Position position = tokens.position();
  if (tokens.accept({"TIMESTAMP", "WITH", "LOCAL", "TIME", "ZONE"})) {
    return make_expression(position, TemporalLiteral{TemporalLiteral::Kind::timestamp_ltz,
                                                     parse_string(tokens, "a string")});
  }
  if (tokens.peek(1).kind != TokenKind::string) {
    tokens.fail("an expression", Wanted::name);
  }
  const Token& word = tokens.next();
  const auto kind = word.is("DATE")   ? TemporalLiteral::Kind::date
                    : word.is("TIME") ? TemporalLiteral::Kind::time
                                      : TemporalLiteral::Kind::timestamp;
  return make_expression(word.position, TemporalLiteral{kind, tokens.next().text});
}

// How many units an interval has, where no string says it: a number, a column or an expression in
// parentheses.
ExpressionPtr parse_count_of_units(TokenStream& tokens) {
  const Token& token = tokens.peek();
  if (token.kind == TokenKind::integer || token.kind == TokenKind::decimal ||
      token.kind == TokenKind::approximate) {
    tokens.next();
    return make_expression(token.position,
                           NumberLiteral{token.text, token.kind == TokenKind::approximate});
  }
  if (tokens.accept("(")) {
    ExpressionPtr count = parse_expression(tokens);
    tokens.expect(")");
    return count;
  }
  const Position position = token.position;
  return make_expression(position, ColumnName{parse_qualified_name(
                                       tokens, "a string, a number, a column name or '('")});
}

// INTERVAL n MINUTE is n * INTERVAL '1' MINUTE.
ExpressionPtr parse_counted_interval(TokenStream& tokens, const Position& position, bool negative) {
  ExpressionPtr count = parse_count_of_units(tokens);
  if (negative) {
    count = make_expression(position, Unary{UnaryOperator::minus, std::move(count)});
  }
  IntervalLiteral one;
  one.text = "1";
  one.units.from = parse_time_unit(tokens);
  return make_expression(position, Binary{BinaryOperator::multiply, std::move(count),
                                          make_expression(position, std::move(one))});
}

ExpressionPtr parse_interval(TokenStream& tokens) {
  const Position position = tokens.next().position;
  const bool negative = tokens.accept("-");
  if (!negative) {
    tokens.accept("+");
  }
  if (tokens.peek().kind != TokenKind::string) {
    return parse_counted_interval(tokens, position, negative);
  }
  IntervalLiteral interval;
  interval.negative = negative;
  interval.text = tokens.next().text;
  interval.units = parse_interval_units(tokens);
  return make_expression(position, std::move(interval));
}

ExpressionPtr parse_case(TokenStream& tokens) {
  const Nesting nesting(tokens);
  const Position position = tokens.next().position;
  Case expression;
  if (!tokens.at("WHEN")) {
    expression.operand = parse_expression(tokens);
  }
  do {
    tokens.expect("WHEN");
    Case::When when;
    when.conditions.push_back(parse_expression(tokens));
    while (expression.operand && tokens.accept(",")) {
      when.conditions.push_back(parse_expression(tokens));
    }
    tokens.expect("THEN");
    when.result = parse_expression(tokens);
    expression.whens.push_back(std::move(when));
  } while (tokens.at("WHEN"));
  if (tokens.accept("ELSE")) {
    expression.otherwise = parse_expression(tokens);
  }
  if (!tokens.accept("END")) {
    tokens.fail("WHEN, ELSE or END");
  }
  return make_expression(position, std::move(expression));
}

ExpressionPtr parse_cast(TokenStream& tokens) {
  const Token& word = tokens.next();
  Cast cast;
  cast.safe = word.is("TRY_CAST");
  tokens.expect("(");
  cast.value = parse_expression(tokens);
  tokens.expect("AS");
  cast.type = parse_type(tokens);
  if (cast.type.not_null) {
    throw Error(ErrorCode::syntax,
                "a cast says nothing of NULL: leave out NOT NULL behind the type",
                cast.type.position);
  }
  tokens.expect(")");
  return make_expression(word.position, std::move(cast));
}

ExpressionPtr parse_exists(TokenStream& tokens) {
  const Position position = tokens.next().position;
  return make_expression(position, Exists{parse_query_in_parentheses(tokens)});
}

// The bracketed list of ARRAY[ ] and MAP[ ].
std::vector<ExpressionPtr> parse_elements(TokenStream& tokens, std::string_view open,
                                          std::string_view close) {
  std::vector<ExpressionPtr> elements;
  tokens.expect(open);
  if (!tokens.at(close)) {
    elements = parse_list(tokens, parse_expression);
  }
  tokens.expect(close);
  return elements;
}

ExpressionPtr parse_array(TokenStream& tokens) {
  const Position position = tokens.next().position;
  return make_expression(position, ArrayConstructor{parse_elements(tokens, "[", "]")});
}

ExpressionPtr parse_map(TokenStream& tokens) {
  const Position position = tokens.next().position;
  MapConstructor map{parse_elements(tokens, "[", "]")};
  if (map.entries.size() % 2 != 0) {
    throw Error(ErrorCode::syntax,
                "MAP[...] takes pairs of key and value, found " +
                    std::to_string(map.entries.size()) + " elements",
                position);
  }
  return make_expression(position, std::move(map));
}

ExpressionPtr parse_row(TokenStream& tokens) {
  const Position position = tokens.next().position;
  return make_expression(position, RowConstructor{parse_elements(tokens, "(", ")")});
}

// EXTRACT(DAY FROM t).
ExpressionPtr parse_extract(TokenStream& tokens) {
  const Token& word = tokens.next();
  tokens.expect("(");
  ExpressionPtr unit = parse_time_unit_symbol(tokens);
  tokens.expect("FROM");
  ExpressionPtr value = parse_expression(tokens);
  tokens.expect(")");
  return make_call(word, list_of(std::move(unit), std::move(value)));
}

// POSITION(part IN whole [FROM start]): `part` ends before IN, so it is no comparison itself.
ExpressionPtr parse_position(TokenStream& tokens) {
  const Token& word = tokens.next();
  tokens.expect("(");
  ExpressionPtr part = parse_additive_expression(tokens);
  tokens.expect("IN");
  std::vector<ExpressionPtr> arguments = list_of(std::move(part), parse_expression(tokens));
  if (tokens.accept("FROM")) {
    arguments.push_back(parse_expression(tokens));
  }
  tokens.expect(")");
  return make_call(word, std::move(arguments));
}

// SUBSTRING(s FROM 1 FOR 2), SUBSTRING(s, 1, 2); OVERLAY(s PLACING r FROM 1 FOR 2).
ExpressionPtr parse_words_or_commas(TokenStream& tokens) {
  const Token& word = tokens.next();
  tokens.expect("(");
  std::vector<ExpressionPtr> arguments = list_of(parse_expression(tokens));
  while (tokens.at_any({",", "PLACING", "FROM", "FOR"})) {
    tokens.next();
    arguments.push_back(parse_expression(tokens));
  }
  tokens.expect(")");
  return make_call(word, std::move(arguments));
}

// TRIM([BOTH|LEADING|TRAILING] [what] FROM value), TRIM(value): always three arguments here.
ExpressionPtr parse_trim(TokenStream& tokens) {
  const Token& word = tokens.next();
  tokens.expect("(");
  const Position position = tokens.position();
  std::string side = "BOTH";
  const bool has_side = tokens.at_any({"BOTH", "LEADING", "TRAILING"});
  if (has_side) {
    side = tokens.next().upper;
  }
  ExpressionPtr what = make_expression(position, StringLiteral{" "});
  ExpressionPtr value;
  if (has_side && tokens.accept("FROM")) {
    value = parse_expression(tokens);
  } else {
    value = parse_expression(tokens);
    if (tokens.accept("FROM")) {
      what = std::move(value);
      value = parse_expression(tokens);
    }
  }
  tokens.expect(")");
  return make_call(
      word, list_of(make_expression(position, Symbol{side}), std::move(what), std::move(value)));
}

// FLOOR(x), FLOOR(t TO DAY).
ExpressionPtr parse_rounding(TokenStream& tokens) {
  const Token& word = tokens.next();
  tokens.expect("(");
  std::vector<ExpressionPtr> arguments = list_of(parse_expression(tokens));
  if (tokens.accept("TO")) {
    arguments.push_back(parse_time_unit_symbol(tokens));
  }
  tokens.expect(")");
  return make_call(word, std::move(arguments));
}

// DAY, or SQL_TSI_DAY as ODBC calls it. A FRAC_SECOND is a microsecond.
ExpressionPtr parse_timestamp_unit(TokenStream& tokens) {
  constexpr std::string_view kOdbc = "SQL_TSI_";
  const Token& token = tokens.peek();
  const std::string_view word = token.upper;
  const auto unit = word == "FRAC_SECOND"     ? std::optional(TimeUnit::microsecond)
                    : word.starts_with(kOdbc) ? find_time_unit(word.substr(kOdbc.size()))
                                              : std::nullopt;
  if (!unit) {
    return parse_time_unit_symbol(tokens);
  }
  tokens.next();
  return make_expression(token.position, Symbol{std::string(word_of(*unit))});
}

// TIMESTAMPADD(DAY, 1, t), TIMESTAMPDIFF(DAY, a, b).
ExpressionPtr parse_timestamp_arithmetic(TokenStream& tokens) {
  const Token& word = tokens.next();
  tokens.expect("(");
  std::vector<ExpressionPtr> arguments = list_of(parse_timestamp_unit(tokens));
  while (tokens.accept(",")) {
    arguments.push_back(parse_expression(tokens));
  }
  tokens.expect(")");
  return make_call(word, std::move(arguments));
}

struct SpecialForm {
  std::string_view word;
  std::string_view then;  // must follow; empty for anything
  ExpressionPtr (*parse)(TokenStream&);
};

constexpr SpecialForm kSpecialForms[] = {{"NULL", "", parse_null},
                                         {"TRUE", "", parse_boolean},
                                         {"FALSE", "", parse_boolean},
                                         {"UNKNOWN", "", parse_unknown},
                                         {"DATE", "", parse_temporal},
                                         {"TIME", "", parse_temporal},
                                         {"TIMESTAMP", "", parse_temporal},
                                         {"INTERVAL", "", parse_interval},
                                         {"CASE", "", parse_case},
                                         {"CAST", "(", parse_cast},
                                         {"TRY_CAST", "(", parse_cast},
                                         {"EXISTS", "(", parse_exists},
                                         {"ARRAY", "[", parse_array},
                                         {"MAP", "[", parse_map},
                                         {"ROW", "(", parse_row},
                                         {"EXTRACT", "(", parse_extract},
                                         {"POSITION", "(", parse_position},
                                         {"SUBSTRING", "(", parse_words_or_commas},
                                         {"OVERLAY", "(", parse_words_or_commas},
                                         {"TRIM", "(", parse_trim},
                                         {"FLOOR", "(", parse_rounding},
                                         {"CEIL", "(", parse_rounding},
                                         {"CEILING", "(", parse_rounding},
                                         {"TIMESTAMPADD", "(", parse_timestamp_arithmetic},
                                         {"TIMESTAMPDIFF", "(", parse_timestamp_arithmetic},
                                         {"JSON_OBJECT", "(", parse_json_object},
                                         {"JSON_OBJECTAGG", "(", parse_json_object},
                                         {"JSON_ARRAY", "(", parse_json_array},
                                         {"JSON_ARRAYAGG", "(", parse_json_array},
                                         {"JSON_EXISTS", "(", parse_json_path_call},
                                         {"JSON_VALUE", "(", parse_json_path_call},
                                         {"JSON_QUERY", "(", parse_json_path_call}};

}  // namespace

ExpressionPtr parse_special_form(TokenStream& tokens) {
  if (tokens.peek().kind != TokenKind::word) {
    return nullptr;
  }
  for (const SpecialForm& form : kSpecialForms) {
    if (tokens.at(form.word) && (form.then.empty() || tokens.peek(1).is(form.then))) {
      return form.parse(tokens);
    }
  }
  return nullptr;
}

}  // namespace millrace::sql
