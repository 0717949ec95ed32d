#include <algorithm>
#include <bit>
#include <span>

#include "sql/grammar.h"
#include "sql/keywords.h"
#include "sql/operators.h"
#include "sql/time_difference.h"

namespace millrace::sql {

namespace {

ExpressionPtr parse_operators(TokenStream& tokens, Precedence loosest);

// --- Operands ---

// (a - b) DAY TO SECOND: the interval between two times, behind its parentheses.
ExpressionPtr parse_time_difference(TokenStream& tokens, Binary difference,
                                    const Position& position) {
  FunctionCall call;
  call.name.parts.push_back({position, std::string(kTimeDifference)});
  const Position unit_position = tokens.position();
  const IntervalUnits units = parse_interval_units(tokens);
  call.arguments.push_back(
      make_expression(unit_position, Symbol{std::string(word_of(units.from))}));
  call.arguments.push_back(std::move(difference.left));
  call.arguments.push_back(std::move(difference.right));
  return make_expression(position, std::move(call));
}

ExpressionPtr parse_parentheses(TokenStream& tokens) {
  const Nesting nesting(tokens);
  const Position position = tokens.position();
  const Token& inner = tokens.peek(1);
  if (inner.is("SELECT") || inner.is("WITH") || inner.is("VALUES") || inner.is("TABLE")) {
    return make_expression(position, ScalarSubquery{parse_query_in_parentheses(tokens)});
  }
  tokens.expect("(");
  ExpressionPtr first = parse_expression(tokens);
  // ((SELECT 1) UNION (SELECT 2)): what looked like an expression was the start of a query.
  auto* subquery = std::get_if<ScalarSubquery>(&first->node);
  if (subquery != nullptr && at_query_tail(tokens)) {
    subquery->query = parse_query_tail(tokens, std::move(subquery->query));
  }
  if (tokens.accept(",")) {
    RowConstructor row;
    row.fields = parse_list(tokens, parse_expression);
    row.fields.insert(row.fields.begin(), std::move(first));
    first = make_expression(position, std::move(row));
  }
  if (!tokens.accept(")")) {
    tokens.fail("an operator or ')'");
  }
  auto* difference = std::get_if<Binary>(&first->node);
  if (difference != nullptr && difference->op == BinaryOperator::subtract &&
      tokens.at_any({"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"})) {
    return parse_time_difference(tokens, std::move(*difference), position);
  }
  return first;
}

// Strings that begin on lines of their own behind it go on with it, as the standard has them.
ExpressionPtr parse_string(TokenStream& tokens) {
  const Position position = tokens.position();
  StringLiteral literal;
  uint32_t line = 0;  // on which the last one ends
  while (tokens.peek().kind == TokenKind::string && tokens.position().line > line) {
    const Token& part = tokens.next();
    const auto breaks = std::count(part.text.begin(), part.text.end(), '\n');
    line = part.position.line + static_cast<uint32_t>(breaks);
    literal.value += part.text;
  }
  return make_expression(position, std::move(literal));
}

ExpressionPtr parse_literal(TokenStream& tokens) {
  const Token& token = tokens.peek();
  const auto take = [&](Expression::Node node) {
    tokens.next();
    return make_expression(token.position, std::move(node));
  };
  switch (token.kind) {
    case TokenKind::string: return parse_string(tokens);
    case TokenKind::binary: return take(BinaryLiteral{token.text});
    case TokenKind::integer:
    case TokenKind::decimal: return take(NumberLiteral{token.text, false});
    case TokenKind::approximate: return take(NumberLiteral{token.text, true});
    case TokenKind::end:
    case TokenKind::word:
    case TokenKind::quoted_name:
    case TokenKind::symbol:
    case TokenKind::invalid: return nullptr;
  }
  return nullptr;
}

// A column, or the call of a function that has no syntax of its own.
ExpressionPtr parse_name_or_call(TokenStream& tokens) {
  const Token& token = tokens.peek();
  if (token.kind == TokenKind::word && is_niladic_function(token.upper)) {
    FunctionCall call;
    call.name.parts.push_back({token.position, token.text});
    call.parentheses = false;
    tokens.next();
    tokens.accept({"(", ")"});
    return make_expression(token.position, std::move(call));
  }
  QualifiedName name;
  if (token.kind == TokenKind::word && is_reserved_function(token.upper) &&
      tokens.peek(1).is("(")) {
    name.parts.push_back({token.position, token.text});
    tokens.next();
  } else {
    name = parse_qualified_name(tokens, "an expression");
  }
  if (tokens.at("(")) {
    return parse_call(tokens, std::move(name));
  }
  return make_expression(token.position, ColumnName{std::move(name)});
}

ExpressionPtr parse_primary(TokenStream& tokens) {
  if (ExpressionPtr literal = parse_literal(tokens)) {
    return literal;
  }
  if (ExpressionPtr special = parse_special_form(tokens)) {
    return special;
  }
  if (tokens.at("{")) {
    return parse_jdbc_escape(tokens);
  }
  return tokens.at("(") ? parse_parentheses(tokens) : parse_name_or_call(tokens);
}

// primary { [index] | .field }
ExpressionPtr parse_accesses(TokenStream& tokens) {
  Level level(tokens);
  ExpressionPtr value = parse_primary(tokens);
  for (;;) {
    const Position position = tokens.position();
    if (tokens.accept("[")) {
      ExpressionPtr index = parse_expression(tokens);
      tokens.expect("]");
      value = make_expression(position, ElementAccess{std::move(value), std::move(index)});
    } else if (tokens.accept(".")) {
      Name field = parse_name(tokens, "a field name after '.'");
      value = make_expression(position, FieldAccess{std::move(value), std::move(field)});
    } else if (tokens.at("::")) {
      tokens.fail("an operator");
    } else {
      return value;
    }
    level.grow();
  }
}

ExpressionPtr parse_prefix(TokenStream& tokens) {
  const Position position = tokens.position();
  const auto unary = [&](UnaryOperator op, Precedence operand) {
    const Nesting nesting(tokens);
    tokens.next();
    return make_expression(position, Unary{op, parse_operators(tokens, operand)});
  };
  if (tokens.at("NOT")) {
    return unary(UnaryOperator::not_, Precedence::not_);
  }
  if (tokens.at("-")) {
    return unary(UnaryOperator::minus, Precedence::unary);
  }
  if (tokens.at("+")) {
    return unary(UnaryOperator::plus, Precedence::unary);
  }
  return parse_accesses(tokens);
}

// --- Operators that are words ---

// At IS. Gives back `left` if it is none of ours to take at this precedence.
ExpressionPtr parse_is(TokenStream& tokens, ExpressionPtr left, const Position& position) {
  struct Test {
    std::string_view word;
    Is::What what;
  };
  static constexpr Test kTests[] = {{"NULL", Is::What::null_},
                                    {"TRUE", Is::What::true_},
                                    {"FALSE", Is::What::false_},
                                    {"UNKNOWN", Is::What::unknown}};
  static constexpr Test kJsonTests[] = {{"VALUE", Is::What::json_value},
                                        {"OBJECT", Is::What::json_object},
                                        {"ARRAY", Is::What::json_array},
                                        {"SCALAR", Is::What::json_scalar}};
  const bool negated = tokens.accept("NOT");
  for (const Test& test : kTests) {
    if (tokens.accept(test.word)) {
      return make_expression(position, Is{std::move(left), test.what, negated});
    }
  }
  if (!tokens.accept("JSON")) {
    tokens.fail("NULL, TRUE, FALSE, UNKNOWN, DISTINCT FROM or JSON");
  }
  for (const Test& test : kJsonTests) {
    if (tokens.accept(test.word)) {
      return make_expression(position, Is{std::move(left), test.what, negated});
    }
  }
  return make_expression(position, Is{std::move(left), Is::What::json_value, negated});
}

ExpressionPtr parse_between(TokenStream& tokens, ExpressionPtr value, Position position,
                            bool negated) {
  Between between;
  between.value = std::move(value);
  between.negated = negated;
  between.symmetric = tokens.accept("SYMMETRIC");
  tokens.accept("ASYMMETRIC");
  between.low = parse_additive_expression(tokens);
  tokens.expect("AND");
  between.high = parse_additive_expression(tokens);
  return make_expression(std::move(position), std::move(between));
}

bool at_query_in_parentheses(const TokenStream& tokens) {
  size_t ahead = 0;
  while (tokens.peek(ahead).is("(")) {
    ++ahead;
  }
  const Token& first = tokens.peek(ahead);
  return ahead > 0 &&
         (first.is("SELECT") || first.is("WITH") || first.is("VALUES") || first.is("TABLE"));
}

std::vector<ExpressionPtr> parse_values(TokenStream& tokens) {
  tokens.expect("(");
  std::vector<ExpressionPtr> values = parse_list(tokens, parse_expression);
  tokens.expect(")");
  return values;
}

ExpressionPtr parse_in(TokenStream& tokens, ExpressionPtr value, Position position, bool negated) {
  In in;
  in.value = std::move(value);
  in.negated = negated;
  if (at_query_in_parentheses(tokens)) {
    in.query = parse_query_in_parentheses(tokens);
  } else {
    in.list = parse_values(tokens);
  }
  return make_expression(std::move(position), std::move(in));
}

ExpressionPtr parse_like(TokenStream& tokens, ExpressionPtr value, Position position, bool negated,
                         Like::Kind kind) {
  Like like;
  like.kind = kind;
  like.value = std::move(value);
  like.negated = negated;
  like.pattern = parse_additive_expression(tokens);
  if (tokens.accept("ESCAPE")) {
    like.escape = parse_additive_expression(tokens);
  }
  return make_expression(std::move(position), std::move(like));
}

bool at_range_operator(const TokenStream& tokens) {
  const Token& word = tokens.peek(tokens.at("NOT") ? 1 : 0);
  return word.is("BETWEEN") || word.is("IN") || word.is("LIKE") || word.is("SIMILAR");
}

ExpressionPtr parse_range(TokenStream& tokens, ExpressionPtr value) {
  Position position = tokens.position();
  const bool negated = tokens.accept("NOT");
  if (tokens.accept("BETWEEN")) {
    return parse_between(tokens, std::move(value), std::move(position), negated);
  }
  if (tokens.accept("IN")) {
    return parse_in(tokens, std::move(value), std::move(position), negated);
  }
  if (tokens.accept("LIKE")) {
    return parse_like(tokens, std::move(value), std::move(position), negated, Like::Kind::like);
  }
  tokens.expect({"SIMILAR", "TO"});
  return parse_like(tokens, std::move(value), std::move(position), negated, Like::Kind::similar_to);
}

ExpressionPtr parse_distinct_from(TokenStream& tokens, ExpressionPtr left) {
  const Position position = tokens.position();
  tokens.expect("IS");
  const bool negated = tokens.accept("NOT");
  tokens.expect({"DISTINCT", "FROM"});
  ExpressionPtr right = parse_operators(tokens, tighter(Precedence::comparison));
  return make_expression(position, IsDistinctFrom{std::move(left), std::move(right), negated});
}

// --- Operators that are symbols ---

// Behind a comparison, at ANY, SOME or ALL: of a query, or of values, where = ANY is IN and <> ALL
// is NOT IN.
ExpressionPtr parse_quantified(TokenStream& tokens, ExpressionPtr left, BinaryOperator op,
                               const Position& position) {
  const bool any = !tokens.next().is("ALL");
  const bool is_query = at_query_in_parentheses(tokens);
  if (!is_query && op == (any ? BinaryOperator::equal : BinaryOperator::not_equal)) {
    return parse_in(tokens, std::move(left), position, !any);
  }
  Quantified quantified;
  quantified.left = std::move(left);
  quantified.op = op;
  quantified.quantifier = any ? Quantified::Quantifier::any : Quantified::Quantifier::all;
  if (is_query) {
    quantified.query = parse_query_in_parentheses(tokens);
  } else {
    quantified.list = parse_values(tokens);
  }
  return make_expression(position, std::move(quantified));
}

ExpressionPtr parse_binary(TokenStream& tokens, ExpressionPtr left, const OperatorWord& op) {
  const Position position = tokens.position();
  tokens.next();
  if (op.precedence == Precedence::comparison && tokens.at_any({"ANY", "SOME", "ALL"})) {
    return parse_quantified(tokens, std::move(left), op.op, position);
  }
  ExpressionPtr right = parse_operators(tokens, tighter(op.precedence));
  return make_expression(position, Binary{op.op, std::move(left), std::move(right)});
}

// The next operator with its left operand, if it binds at least as tightly as `loosest`.
ExpressionPtr parse_next_operator(TokenStream& tokens, ExpressionPtr& left, Precedence loosest) {
  if (tokens.at("!=")) {
    throw Error(ErrorCode::syntax,
                "Bang equal '!=' is not allowed under the current SQL conformance level: write <>",
                tokens.position());
  }
  if (const auto op = find_binary_operator(tokens.peek().upper)) {
    return op->precedence < loosest ? nullptr : parse_binary(tokens, std::move(left), *op);
  }
  if (at_range_operator(tokens)) {
    return Precedence::range < loosest ? nullptr : parse_range(tokens, std::move(left));
  }
  if (tokens.at({"IS", "DISTINCT"}) || tokens.at({"IS", "NOT", "DISTINCT"})) {
    return Precedence::comparison < loosest ? nullptr
                                            : parse_distinct_from(tokens, std::move(left));
  }
  if (tokens.at("IS") && loosest <= Precedence::is) {
    const Position position = tokens.next().position;
    return parse_is(tokens, std::move(left), position);
  }
  return nullptr;
}

// The operands of a chain of ANDs or ORs, as a tree that is no higher than it must be: nothing is
// nested in a list of a thousand conditions.
ExpressionPtr balanced(std::span<ExpressionPtr> operands, std::span<const Position> positions,
                       BinaryOperator op) {
  if (operands.size() == 1) {
    return std::move(operands[0]);
  }
  const size_t half =
      std::bit_ceil(operands.size()) / 2;  // so that a AND b AND c is (a AND b) AND c
  ExpressionPtr left = balanced(operands.first(half), positions.first(half - 1), op);
  ExpressionPtr right = balanced(operands.subspan(half), positions.subspan(half), op);
  return make_expression(positions[half - 1], Binary{op, std::move(left), std::move(right)});
}

ExpressionPtr parse_chain(TokenStream& tokens, Level& level, ExpressionPtr first,
                          const OperatorWord& op) {
  std::vector<ExpressionPtr> operands;
  operands.push_back(std::move(first));
  std::vector<Position> positions;
  while (tokens.at(op.word)) {
    positions.push_back(tokens.next().position);
    if (std::has_single_bit(operands.size())) {
      level.grow();
    }
    operands.push_back(parse_operators(tokens, tighter(op.precedence)));
  }
  return balanced(operands, positions, op.op);
}

ExpressionPtr parse_operators(TokenStream& tokens, Precedence loosest) {
  Level level(tokens);
  ExpressionPtr left = parse_prefix(tokens);
  for (;;) {
    const auto op = find_binary_operator(tokens.peek().upper);
    if (op && op->precedence <= Precedence::and_ && op->precedence >= loosest) {
      left = parse_chain(tokens, level, std::move(left), *op);
    } else if (ExpressionPtr larger = parse_next_operator(tokens, left, loosest)) {
      left = std::move(larger);
      level.grow();
    } else {
      return left;
    }
  }
}

}  // namespace

ExpressionPtr make_expression(Position position, Expression::Node node) {
  return std::make_unique<Expression>(Expression{std::move(position), std::move(node)});
}

ExpressionPtr parse_expression(TokenStream& tokens) {
  const Nesting nesting(tokens);
  return parse_operators(tokens, Precedence::or_);
}

ExpressionPtr parse_additive_expression(TokenStream& tokens) {
  return parse_operators(tokens, Precedence::additive);
}

}  // namespace millrace::sql
