#include "sql/token_stream.h"

#include <algorithm>

#include "base/check.h"
#include "sql/keywords.h"
#include "sql/lexer.h"

namespace millrace::sql {

TokenStream::TokenStream(std::string_view text, const Position& begin)
    : text_(text), tokens_(tokenize(text, begin)) {}

const Token& TokenStream::peek(size_t ahead) const {
  return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
}

const Token& TokenStream::next() {
  const Token& token = peek();
  check(token.kind != TokenKind::invalid, "an invalid token was taken");
  if (at_ + 1 < tokens_.size()) {
    ++at_;
  }
  return token;
}

bool TokenStream::at(std::initializer_list<std::string_view> words) const {
  size_t ahead = 0;
  return std::all_of(words.begin(), words.end(),
                     [&](std::string_view word) { return peek(ahead++).is(word); });
}

bool TokenStream::at_any(std::initializer_list<std::string_view> words) const {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return at(word); });
}

bool TokenStream::accept(std::string_view word) {
  if (!at(word)) {
    return false;
  }
  next();
  return true;
}

bool TokenStream::accept(std::initializer_list<std::string_view> words) {
  if (!at(words)) {
    return false;
  }
  at_ += words.size();
  return true;
}

static std::string quoted(std::string_view word) {
  const bool is_keyword = !word.empty() && word[0] >= 'A' && word[0] <= 'Z';
  return is_keyword ? std::string(word) : "'" + std::string(word) + "'";
}

void TokenStream::expect(std::string_view word) {
  if (!accept(word)) {
    fail(quoted(word));
  }
}

void TokenStream::expect(std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    expect(word);
  }
}

static std::string describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::end: return "the end of the text";
    case TokenKind::quoted_name: return "`" + token.text + "`";
    case TokenKind::string: {
      constexpr size_t kShown = 20;
      const bool long_text = token.text.size() > kShown;
      return "the string '" + token.text.substr(0, kShown) + (long_text ? "...'" : "'");
    }
    case TokenKind::binary: return "a binary string";
    case TokenKind::word:
    case TokenKind::integer:
    case TokenKind::decimal:
    case TokenKind::approximate:
    case TokenKind::symbol: return "'" + token.text + "'";
    case TokenKind::invalid: return token.text;
  }
  check(false, "token kind outside the enumeration");
  return "";
}

// Words that are hardly ever meant as a name.
static bool is_clause_word(const Token& token) {
  static constexpr std::string_view kWords[] = {"AND",    "AS",   "ELSE",  "END",  "FROM",
                                                "INTO",   "ON",   "OR",    "JOIN", "HAVING",
                                                "SELECT", "THEN", "UNION", "WHEN", "WHERE"};
  return std::find(std::begin(kWords), std::end(kWords), token.upper) != std::end(kWords);
}

void TokenStream::fail(std::string_view expected, Wanted wanted) const {
  const Token& found = peek();
  if (found.kind == TokenKind::invalid) {
    throw Error(ErrorCode::syntax, found.text, found.position);
  }
  std::string message = "expected " + std::string(expected) + ", found " + describe(found);
  const bool begins_clause = wanted != Wanted::column && is_clause_word(found);
  if (found.is("::")) {
    message += ": write CAST(value AS type)";
  } else if (at_ > 0 && previous().is(",") && (found.is(")") || begins_clause)) {
    message += ": is the comma before it one too many?";
  } else if (wanted != Wanted::other && is_reserved(found.upper) && !begins_clause) {
    message +=
        ", a reserved word: to use it as a name, write it in back-quotes: `" + found.text + "`";
  } else if (found.kind == TokenKind::end) {
    message += ": is a bracket or the rest of the statement missing?";
  }
  throw Error(ErrorCode::syntax, std::move(message), found.position);
}

std::string_view TokenStream::text_since(size_t begin) const {
  return text_.substr(begin, previous().end - begin);
}

static void check_depth(size_t depth, const TokenStream& tokens) {
  if (depth > TokenStream::kMaxDepth) {
    throw Error(ErrorCode::syntax,
                "nested deeper than " + std::to_string(TokenStream::kMaxDepth) + " levels",
                tokens.position());
  }
}

Level::Level(TokenStream& tokens) : tokens_(tokens), outer_height_(tokens.height_) {
  tokens.height_ = 0;
}

Level::~Level() { tokens_.height_ = std::max(outer_height_, tokens_.height_ + 1); }

void Level::grow() {
  ++tokens_.height_;
  check_depth(tokens_.depth_ + tokens_.height_, tokens_);
}

Nesting::Nesting(TokenStream& tokens) : tokens_(tokens), level_(tokens) {
  ++tokens.depth_;
  check_depth(tokens.depth_, tokens);
}

}  // namespace millrace::sql
