#pragma once

// The tokens in front of the parser, and the one way to say that they are not what it needs.

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "sql/token.h"

namespace millrace::sql {

// What should have come, for the hint of what is usually the mistake there.
enum class Wanted : uint8_t {
  name,    // or an expression, of which a name is one
  column,  // the name of one in a list or a definition, behind which no clause stands
  other,
};

class TokenStream {
 public:
  // Nesting of the text and height of the tree made of it. Hostile input would overflow the stack
  // of whoever walks the tree otherwise.
  static constexpr size_t kMaxDepth = 1000;

  // `begin` is where the text begins in its file.
  TokenStream(std::string_view text, const Position& begin);

  const Token& peek(size_t ahead = 0) const;
  const Token& previous() const { return tokens_[at_ - 1]; }
  const Position& position() const { return peek().position; }
  const Token& next();

  // Are the next tokens these keywords or symbols?
  bool at(std::string_view word) const { return peek().is(word); }
  bool at(std::initializer_list<std::string_view> words) const;
  bool at_any(std::initializer_list<std::string_view> words) const;
  // Takes them if they are.
  bool accept(std::string_view word);
  bool accept(std::initializer_list<std::string_view> words);
  // Takes them, or fails.
  void expect(std::string_view word);
  void expect(std::initializer_list<std::string_view> words);

  // Throws: "expected <this>, found <the next token>", with a hint where the mistake is a usual
  // one.
  [[noreturn]] void fail(std::string_view expected, Wanted wanted = Wanted::other) const;

  // The text from the token at `begin` to the last one taken.
  std::string_view text_since(size_t begin) const;

 private:
  friend class Nesting;
  friend class Level;

  std::string_view text_;
  std::vector<Token> tokens_;
  size_t at_ = 0;
  size_t depth_ = 0;   // of the text at the next token
  size_t height_ = 0;  // of the tallest part made so far within the level that is being parsed
};

// One level of the tree: lives while its parts are parsed.
class Level {
 public:
  explicit Level(TokenStream& tokens);
  ~Level();
  // What was parsed in this level became the left part of something larger: a + b, then + c.
  void grow();

 private:
  TokenStream& tokens_;
  size_t outer_height_;
};

// A pair of brackets, or whatever else makes the parser call itself.
class Nesting {
 public:
  explicit Nesting(TokenStream& tokens);
  ~Nesting() { --tokens_.depth_; }

 private:
  TokenStream& tokens_;
  Level level_;
};

}  // namespace millrace::sql
