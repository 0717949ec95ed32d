#include <charconv>

#include "sql/grammar.h"
#include "sql/keywords.h"

namespace millrace::sql {

bool at_name(const TokenStream& tokens, size_t ahead) {
  const Token& token = tokens.peek(ahead);
  return token.kind == TokenKind::quoted_name ||
         (token.kind == TokenKind::word && !is_reserved(token.upper));
}

Name parse_name(TokenStream& tokens, std::string_view what, Wanted wanted) {
  if (!at_name(tokens)) {
    tokens.fail(what, wanted);
  }
  const Token& token = tokens.next();
  return {token.position, token.text};
}

Name parse_column_name(TokenStream& tokens) {
  return parse_name(tokens, "a column name", Wanted::column);
}

QualifiedName parse_qualified_name(TokenStream& tokens, std::string_view what, Wanted wanted) {
  QualifiedName name;
  name.parts.push_back(parse_name(tokens, what, wanted));
  while (tokens.accept(".")) {
    name.parts.push_back(parse_name(tokens, "a name after '.'"));
  }
  return name;
}

std::vector<Name> parse_names_in_parentheses(TokenStream& tokens) {
  tokens.expect("(");
  auto names = parse_list(tokens, parse_column_name);
  tokens.expect(")");
  return names;
}

std::string parse_string(TokenStream& tokens, std::string_view what) {
  if (tokens.peek().kind != TokenKind::string) {
    tokens.fail(what);
  }
  return tokens.next().text;
}

int32_t parse_integer(TokenStream& tokens, std::string_view what) {
  const Token& token = tokens.peek();
  int32_t value = 0;
  const char* end = token.text.data() + token.text.size();
  if (token.kind != TokenKind::integer ||
      std::from_chars(token.text.data(), end, value).ec != std::errc()) {
    tokens.fail(what);
  }
  tokens.next();
  return value;
}

}  // namespace millrace::sql
