#include "sql/parser.h"

#include "sql/grammar.h"

namespace millrace::sql {

static void expect_end_of_statement(TokenStream& tokens) {
  if (tokens.peek().kind != TokenKind::end && !tokens.accept(";")) {
    tokens.fail("the next clause, ',' or ';'");
  }
}

static void skip_empty_statements(TokenStream& tokens) {
  while (tokens.accept(";")) {
  }
}

std::vector<Statement> parse_script(std::string_view text, const std::string& file) {
  TokenStream tokens(text, Position{file, 1, 1});
  std::vector<Statement> statements;
  skip_empty_statements(tokens);
  while (tokens.peek().kind != TokenKind::end) {
    statements.push_back(std::move(*parse_one_statement(tokens)));
    expect_end_of_statement(tokens);
    skip_empty_statements(tokens);
  }
  return statements;
}

QueryPtr parse_query(std::string_view text, const Position& begin) {
  TokenStream tokens(text, begin);
  QueryPtr query = parse_query(tokens);
  if (tokens.peek().kind != TokenKind::end) {
    tokens.fail("the end of the query");
  }
  return query;
}

std::vector<TypeName> parse_types(std::string_view text, const Position& begin) {
  TokenStream tokens(text, begin);
  std::vector<TypeName> types;
  if (tokens.peek().kind != TokenKind::end) {
    types = parse_list(tokens, parse_type);
  }
  if (tokens.peek().kind != TokenKind::end) {
    tokens.fail("the end of the list of types");
  }
  return types;
}

Statement parse_statement(std::string_view text, const std::string& file) {
  TokenStream tokens(text, Position{file, 1, 1});
  StatementPtr statement = parse_one_statement(tokens);
  expect_end_of_statement(tokens);
  skip_empty_statements(tokens);
  if (tokens.peek().kind != TokenKind::end) {
    tokens.fail("one statement and no more");
  }
  return std::move(*statement);
}

}  // namespace millrace::sql
