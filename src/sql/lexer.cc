#include "sql/lexer.h"

#include <algorithm>

#include "base/ascii_case.h"
#include "base/check.h"
#include "base/utf8.h"

namespace millrace::sql {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }
// Bytes of UTF-8 beyond ASCII count as letters, as in Flink.
bool starts_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}
bool continues_word(char c) { return starts_word(c) || is_digit(c) || c == '$'; }

bool continues_character_set(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '-' || c == '_' ||
         c == ':' || c == '.';
}

// Some editors write it ahead of a file's text.
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

int hex_value(char c) {
  if (is_digit(c)) {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

class Lexer {
 public:
  Lexer(std::string_view text, const Position& begin)
      : text_(text), file_(begin.file), line_(begin.line), columns_before_(begin.column - 1) {
    const bool begins_file = begin.line == 1 && begin.column == 1;
    if (begins_file && text_.starts_with(kByteOrderMark)) {
      line_start_ = at_ = kByteOrderMark.size();
    }
  }

  // The next token; of kind end for ever after the last.
  Token next() {
    Token token;
    if (const char* problem = skip_blanks()) {
      return finish(token, TokenKind::invalid, problem);
    }
    begin_ = at_;
    token.position = here();
    if (at_ >= text_.size()) {
      return finish(token, TokenKind::end, "");
    }
    const char c = text_[at_];
    if (c == '\'') {
      return quoted(token, TokenKind::string, "string");
    }
    if (c == '`') {
      return quoted(token, TokenKind::quoted_name, "back-quoted name");
    }
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      return number(token);
    }
    if ((c == 'N' || c == 'n') && peek(1) == '\'') {  // of the national character set
      step();
      return of_character_set(token, "ISO-8859-1");
    }
    if (const size_t length = c == '_' ? character_set_length() : 0; length > 0) {
      const std::string name = upper_case(text_.substr(at_ + 1, length));
      at_ += 1 + length;
      return of_character_set(token, name);
    }
    if ((c == 'X' || c == 'x') && peek(1) == '\'') {
      return binary(token);
    }
    if ((c == 'U' || c == 'u') && peek(1) == '&' && peek(2) == '\'') {
      return unicode(token);
    }
    return starts_word(c) ? word(token) : symbol(token);
  }

 private:
  char peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  void step() {
    if (text_[at_] == '\n') {
      ++line_;
      line_start_ = at_ + 1;
      columns_before_ = 0;
    }
    ++at_;
  }
  Position here() const {
    return {file_, line_, static_cast<uint32_t>(at_ - line_start_ + columns_before_ + 1)};
  }

  Token finish(Token& token, TokenKind kind, std::string text) {
    token.kind = kind;
    token.text = std::move(text);
    if (token.position.line == 0) {
      token.position = problem_position_;
    }
    token.begin = begin_;
    token.end = at_;
    return std::move(token);
  }

  // What is wrong with a comment, or null.
  const char* skip_blanks() {
    while (at_ < text_.size()) {
      if (is_space(text_[at_])) {
        step();
      } else if (peek() == '-' && peek(1) == '-') {
        while (at_ < text_.size() && text_[at_] != '\n') {
          step();
        }
      } else if (peek() == '/' && peek(1) == '*' && peek(2) != '+') {
        if (!skip_block_comment()) {
          return "a comment that begins with /* is never closed with */";
        }
      } else {
        break;
      }
    }
    return nullptr;
  }

  bool skip_block_comment() {
    problem_position_ = here();
    const size_t close = text_.find("*/", at_ + 2);
    const size_t stop = close == std::string_view::npos ? text_.size() : close + 2;
    while (at_ < stop) {
      step();
    }
    return close != std::string_view::npos;
  }

  // At a quote: the text up to the next single one; two stand for one.
  std::optional<std::string> take_quoted() {
    const char quote = text_[at_];
    std::string content;
    step();
    while (at_ < text_.size()) {
      if (text_[at_] != quote) {
        content.push_back(text_[at_]);
        step();
      } else if (peek(1) == quote) {
        content.push_back(quote);
        step();
        step();
      } else {
        step();
        return content;
      }
    }
    return std::nullopt;
  }

  Token quoted(Token& token, TokenKind kind, const char* what) {
    std::optional<std::string> content = take_quoted();
    if (!content) {
      const std::string quote(1, text_[begin_]);
      return finish(token, TokenKind::invalid,
                    std::string("a ") + what + " that begins with " + quote + " is never closed");
    }
    if (kind == TokenKind::quoted_name && content->empty()) {
      return finish(token, TokenKind::invalid, "an empty name in back-quotes");
    }
    return finish(token, kind, std::move(*content));
  }

  // Of the name in _UTF16'text', which a quote follows; 0 where this is none.
  size_t character_set_length() const {
    size_t length = 0;
    while (continues_character_set(peek(1 + length))) {
      ++length;
    }
    return peek(1 + length) == '\'' ? length : 0;
  }

  // All text is UTF-8 here: the name only says which characters there may be.
  Token of_character_set(Token& token, const std::string& name) {
    constexpr std::string_view kKnown[] = {"UTF8",     "UTF-8",    "UTF16",  "UTF-16",
                                           "UTF-16LE", "UTF-16BE", "LATIN1", "ISO-8859-1"};
    const bool narrow = name == "LATIN1" || name == "ISO-8859-1";
    Token text = quoted(token, TokenKind::string, "string");
    if (text.kind != TokenKind::string) {
      return text;
    }
    if (std::find(std::begin(kKnown), std::end(kKnown), name) == std::end(kKnown)) {
      return finish(text, TokenKind::invalid,
                    "unknown character set '" + name + "': write UTF8, UTF16 or LATIN1, or none");
    }
    // Of UTF-8 only what begins with these bytes lies below U+0100.
    const bool fits = std::all_of(text.text.begin(), text.text.end(),
                                  [](char c) { return static_cast<uint8_t>(c) <= 0xC3; });
    if (narrow && !fits) {
      return finish(text, TokenKind::invalid,
                    "a string of characters that '" + name +
                        "' does not have: leave the prefix "
                        "out");
    }
    return text;
  }

  Token binary(Token& token) {
    step();
    const std::optional<std::string> digits = take_quoted();
    if (!digits) {
      return finish(token, TokenKind::invalid, "a binary string X'...' is never closed");
    }
    std::string bytes;
    for (size_t i = 0; i + 1 < digits->size(); i += 2) {
      const int high = hex_value((*digits)[i]);
      const int low = hex_value((*digits)[i + 1]);
      if (high < 0 || low < 0) {
        return finish(token, TokenKind::invalid, "a binary string X'...' holds hexadecimal digits");
      }
      bytes.push_back(static_cast<char>(high * 16 + low));
    }
    if (digits->size() % 2 != 0) {
      return finish(token, TokenKind::invalid,
                    "a binary string X'...' holds an even number of hexadecimal digits");
    }
    return finish(token, TokenKind::binary, std::move(bytes));
  }

  // U&'\0041' or U&'\+01F600', with another escape character after UESCAPE.
  Token unicode(Token& token) {
    step();
    step();
    const std::optional<std::string> content = take_quoted();
    if (!content) {
      return finish(token, TokenKind::invalid, "a string U&'...' is never closed");
    }
    std::optional<std::string> decoded = decode_unicode(*content, unicode_escape());
    if (!decoded) {
      return finish(
          token, TokenKind::invalid,
          "a string U&'...' escapes a character as \\ and four hexadecimal digits, or \\+ "
          "and six");
    }
    return finish(token, TokenKind::string, std::move(*decoded));
  }

  char unicode_escape() {
    const size_t saved_at = at_;
    const uint32_t saved_line = line_;
    const size_t saved_start = line_start_;
    const size_t saved_columns = columns_before_;
    while (at_ < text_.size() && is_space(text_[at_])) {
      step();
    }
    if (upper_case(text_.substr(at_, 7)) == "UESCAPE") {
      at_ += 7;
      while (at_ < text_.size() && is_space(text_[at_])) {
        step();
      }
      if (peek() == '\'' && peek(2) == '\'') {
        const char escape = peek(1);
        at_ += 3;
        return escape;
      }
    }
    at_ = saved_at;
    line_ = saved_line;
    line_start_ = saved_start;
    columns_before_ = saved_columns;
    return '\\';
  }

  static std::optional<std::string> decode_unicode(std::string_view content, char escape) {
    std::string decoded;
    for (size_t i = 0; i < content.size();) {
      if (content[i] != escape) {
        decoded.push_back(content[i++]);
        continue;
      }
      ++i;
      if (i < content.size() && content[i] == escape) {
        decoded.push_back(content[i++]);
        continue;
      }
      const bool six = i < content.size() && content[i] == '+';
      const size_t digits = six ? 6 : 4;
      i += six ? 1 : 0;
      uint32_t code = 0;
      for (size_t end = i + digits; i < end; ++i) {
        const int digit = i < content.size() ? hex_value(content[i]) : -1;
        if (digit < 0) {
          return std::nullopt;
        }
        code = code * 16 + static_cast<uint32_t>(digit);
      }
      if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
        return std::nullopt;
      }
      append_utf8(code, decoded);
    }
    return decoded;
  }

  Token number(Token& token) {
    TokenKind kind = TokenKind::integer;
    while (is_digit(peek())) {
      step();
    }
    if (peek() == '.') {
      kind = TokenKind::decimal;
      step();
      while (is_digit(peek())) {
        step();
      }
    }
    const bool is_signed = peek(1) == '+' || peek(1) == '-';
    if ((peek() == 'e' || peek() == 'E') && is_digit(peek(is_signed ? 2 : 1))) {
      kind = TokenKind::approximate;
      at_ += is_signed ? 2 : 1;
      while (is_digit(peek())) {
        step();
      }
    }
    if (starts_word(peek())) {
      return finish(token, TokenKind::invalid,
                    "a number runs into a name: put a blank between them, or the name in "
                    "back-quotes if it begins with a digit");
    }
    return finish(token, kind, std::string(text_.substr(begin_, at_ - begin_)));
  }

  Token word(Token& token) {
    while (at_ < text_.size() && continues_word(text_[at_])) {
      step();
    }
    const std::string_view spelled = text_.substr(begin_, at_ - begin_);
    token.upper = upper_case(spelled);
    return finish(token, TokenKind::word, std::string(spelled));
  }

  Token symbol(Token& token) {
    static constexpr std::string_view kSymbols[] = {
        "/*+", "=>", "<>", "!=", "<=", ">=", "||", "::", "(", ")", "[", "]", ",", ".", ";",
        "=",   "<",  ">",  "+",  "-",  "*",  "/",  "%",  "{", "}", "?", ":", "|", "^", "$"};
    const std::string_view rest = text_.substr(at_);
    if (in_hint_ && rest.substr(0, 2) == "*/") {
      in_hint_ = false;
      return finish_symbol(token, "*/");
    }
    for (const std::string_view candidate : kSymbols) {
      if (rest.substr(0, candidate.size()) == candidate) {
        in_hint_ = in_hint_ || candidate == "/*+";
        return finish_symbol(token, candidate);
      }
    }
    if (rest[0] == '"') {
      return finish(token, TokenKind::invalid,
                    "a double quote: strings stand in single quotes, names in back-quotes");
    }
    return finish(token, TokenKind::invalid,
                  "unexpected character '" + std::string(1, rest[0]) + "'");
  }

  Token finish_symbol(Token& token, std::string_view text) {
    at_ += text.size();
    token.upper = text;
    return finish(token, TokenKind::symbol, std::string(text));
  }

  std::string_view text_;
  const std::string& file_;
  size_t at_ = 0;
  size_t begin_ = 0;
  uint32_t line_;
  size_t line_start_ = 0;
  size_t columns_before_;  // in the line in which the text begins
  bool in_hint_ = false;
  Position problem_position_;  // of a comment that is never closed
};

}  // namespace

std::vector<Token> tokenize(std::string_view text, const Position& begin) {
  Lexer lexer(text, begin);
  std::vector<Token> tokens;
  do {
    tokens.push_back(lexer.next());
  } while (tokens.back().kind != TokenKind::end && tokens.back().kind != TokenKind::invalid);
  return tokens;
}

}  // namespace millrace::sql
