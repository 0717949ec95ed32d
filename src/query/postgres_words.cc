#include "query/postgres_words.h"

#include <algorithm>
#include <array>
#include <vector>

#include "query/sql_text.h"

namespace millrace::query {

namespace {

// DuckDB's own list would show the catalog too, and no table that nobody has asked for yet.
constexpr std::string_view kShowTables =
    "SELECT CASE schemaname WHEN 'public' THEN '' ELSE schemaname || '.' END || tablename AS name "
    "FROM pg.pg_tables ORDER BY schemaname <> 'public', name";

// What becomes of the tokens from `i` on: how many are replaced (0: none) and by what.
struct Replacement {
  size_t tokens = 0;
  std::string by;
};

bool is_reg_type(const Token& token) {
  static constexpr std::array<std::string_view, 6> kNames = {"regclass", "regtype", "regnamespace",
                                                             "regproc",  "regrole", "regprocedure"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](std::string_view name) { return is_word(token, name); });
}

// The `s` of "pg_catalog.generate_series(0, 9) s", which Postgres takes for the value as well.
bool is_series_alias(const std::vector<Token>& tokens, size_t i) {
  if (i == 0 || tokens[i].kind != Token::Kind::word || tokens[i - 1].text != ")") {
    return false;
  }
  size_t depth = 0;
  for (size_t k = i - 1; k > 2; --k) {
    depth += tokens[k].text == ")" ? 1 : 0;
    depth -= tokens[k].text == "(" ? 1 : 0;
    if (depth == 0) {
      return is_word(tokens[k - 1], "generate_series") && is_word(tokens[k - 3], "pg_catalog");
    }
  }
  return false;
}

Replacement replacement_at(const std::vector<Token>& tokens, size_t i) {
  const auto word = [&](size_t k, std::string_view text) {
    return k < tokens.size() && is_word(tokens[k], text);
  };
  const auto is = [&](size_t k, std::string_view text) {
    return k < tokens.size() && tokens[k].text == text;
  };
  const auto qualified = [&](size_t k) { return word(k, "pg_catalog") && is(k + 1, ".") ? 2 : 0; };
  if (word(i, "operator") && is(i + 1, "(") && word(i + 2, "pg_catalog") && is(i + 3, ".")) {
    // The operator may be of several characters: it stays, its brackets go.
    return {4, " "};
  }
  if (word(i, "collate") && qualified(i + 1) != 0 && word(i + 3, "default")) {
    return {4, " "};
  }
  if (is(i, "::")) {
    const size_t type = i + 1 + qualified(i + 1);
    if (type < tokens.size() && is_reg_type(tokens[type])) {
      return {type + 1 - i, " "};
    }
    if (word(type, "oid")) {
      return {type + 1 - i, "::BIGINT"};
    }
    if (word(type, "name")) {
      return {type + 1 - i, "::VARCHAR"};
    }
  }
  if (i == 0 && word(0, "show") && word(1, "tables")) {
    return {2, std::string(kShowTables)};
  }
  if (is_series_alias(tokens, i)) {
    return {1, std::string(tokens[i].text) + "(" + std::string(tokens[i].text) + ")"};
  }
  if (qualified(i) != 0) {
    return {2, ""};
  }
  if (word(i, "json_build_object") && is(i + 1, "(")) {
    return {1, "json_object"};
  }
  if (word(i, "information_schema") && is(i + 1, ".")) {
    return {1, "pg_information"};
  }
  if (word(i, "public") && is(i + 1, ".")) {
    return {1, "main"};
  }
  return {};
}

}  // namespace

std::string localized(const std::string& sql) {
  const std::vector<Token> tokens = tokens_of(sql);
  std::string local;
  size_t copied = 0;
  bool in_operator = false;
  const auto offset_of = [&](const Token& token) {
    return static_cast<size_t>(token.text.data() - sql.data());
  };
  for (size_t i = 0; i < tokens.size(); ++i) {
    Replacement replacement = replacement_at(tokens, i);
    if (in_operator && tokens[i].text == ")") {
      replacement = {1, " "};
      in_operator = false;
    }
    if (replacement.tokens == 0) {
      continue;
    }
    in_operator = in_operator || is_word(tokens[i], "operator");
    const Token& last = tokens[i + replacement.tokens - 1];
    local += sql.substr(copied, offset_of(tokens[i]) - copied);
    local += replacement.by;
    copied = offset_of(last) + last.text.size();
    i += replacement.tokens - 1;
  }
  return local + sql.substr(copied);
}

}  // namespace millrace::query
