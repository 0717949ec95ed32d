#include "query/sql_text.h"

#include <algorithm>

namespace millrace::query {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<uint8_t>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Where the quoted piece that begins at `from` ends; doubled quotes belong to it.
size_t end_of_quoted(std::string_view sql, size_t from, bool backslashes) {
  const char quote = sql[from];
  for (size_t i = from + 1; i < sql.size(); ++i) {
    if (backslashes && sql[i] == '\\') {
      ++i;
    } else if (sql[i] == quote) {
      if (i + 1 < sql.size() && sql[i + 1] == quote) {
        ++i;
      } else {
        return i + 1;
      }
    }
  }
  return sql.size();
}

// Comments nest, as in Postgres.
size_t end_of_comment(std::string_view sql, size_t from) {
  size_t depth = 0;
  for (size_t i = from; i + 1 < sql.size(); ++i) {
    if (sql[i] == '/' && sql[i + 1] == '*') {
      ++depth;
      ++i;
    } else if (sql[i] == '*' && sql[i + 1] == '/') {
      ++i;
      if (--depth == 0) {
        return i + 1;
      }
    }
  }
  return sql.size();
}

// "$tag$ ... $tag$"; 0 where no such string begins here.
size_t end_of_dollar_quoted(std::string_view sql, size_t from) {
  size_t tag_end = from + 1;
  while (tag_end < sql.size() && (is_letter(sql[tag_end]) || is_digit(sql[tag_end]))) {
    ++tag_end;
  }
  if (tag_end >= sql.size() || sql[tag_end] != '$' ||
      (tag_end > from + 1 && is_digit(sql[from + 1]))) {
    return 0;
  }
  const std::string_view tag = sql.substr(from, tag_end + 1 - from);
  const size_t close = sql.find(tag, tag_end + 1);
  return close == std::string_view::npos ? sql.size() : close + tag.size();
}

size_t end_of_while(std::string_view sql, size_t from, bool (*belongs)(char)) {
  while (from < sql.size() && belongs(sql[from])) {
    ++from;
  }
  return from;
}

bool is_word_part(char c) { return is_letter(c) || is_digit(c) || c == '$'; }
bool is_number_part(char c) { return is_digit(c) || c == '.'; }

// Where white space or a comment at `from` ends; `from` where there is none.
size_t end_of_blank(std::string_view sql, size_t from) {
  if (std::string_view(" \t\r\n\f\v").find(sql[from]) != std::string_view::npos) {
    return from + 1;
  }
  if (sql.substr(from).starts_with("--")) {
    return std::min(sql.find('\n', from), sql.size());
  }
  return sql.substr(from).starts_with("/*") ? end_of_comment(sql, from) : from;
}

Token::Kind kind_at(std::string_view sql, size_t from, size_t& end) {
  const char c = sql[from];
  const bool quote_follows = from + 1 < sql.size() && sql[from + 1] == '\'';
  if ((c == 'e' || c == 'E') && quote_follows) {
    end = end_of_quoted(sql, from + 1, true);
    return Token::Kind::string;
  }
  if (c == '\'' || c == '"') {
    end = end_of_quoted(sql, from, false);
    return c == '"' ? Token::Kind::quoted_word : Token::Kind::string;
  }
  if (c == '$' && (end = end_of_dollar_quoted(sql, from)) != 0) {
    return Token::Kind::string;
  }
  if (is_letter(c)) {
    end = end_of_while(sql, from, is_word_part);
    return Token::Kind::word;
  }
  if (is_digit(c)) {
    end = end_of_while(sql, from, is_number_part);
    return Token::Kind::number;
  }
  end = from + (sql.substr(from).starts_with("::") ? 2 : 1);
  return Token::Kind::other;
}

}  // namespace

std::vector<Token> tokens_of(std::string_view sql) {
  std::vector<Token> tokens;
  size_t at = 0;
  while (at < sql.size()) {
    size_t end = end_of_blank(sql, at);
    if (end == at) {
      const Token::Kind kind = kind_at(sql, at, end);
      tokens.push_back({kind, sql.substr(at, end - at)});
    }
    at = end;
  }
  return tokens;
}

std::vector<std::string_view> split_statements(std::string_view sql) {
  std::vector<std::string_view> statements;
  const char* from = nullptr;
  const char* end = nullptr;
  for (const Token& token : tokens_of(sql)) {
    if (token.text == ";") {
      if (from != nullptr) {
        statements.emplace_back(from, static_cast<size_t>(end - from));
      }
      from = nullptr;
      continue;
    }
    from = from == nullptr ? token.text.data() : from;
    end = token.text.data() + token.text.size();
  }
  if (from != nullptr) {
    statements.emplace_back(from, static_cast<size_t>(end - from));
  }
  return statements;
}

bool is_word(const Token& token, std::string_view lower_case) {
  return token.kind == Token::Kind::word &&
         std::equal(token.text.begin(), token.text.end(), lower_case.begin(), lower_case.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
}

static std::string quoted(std::string_view text, char quote) {
  std::string result(1, quote);
  for (const char c : text) {
    result.append(c == quote ? 2 : 1, c);
  }
  return result + quote;
}

std::string quoted_name(std::string_view name) { return quoted(name, '"'); }
std::string quoted_text(std::string_view text) { return quoted(text, '\''); }

}  // namespace millrace::query
