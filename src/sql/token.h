#pragma once

// What the lexer makes of the text.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"

namespace millrace::sql {

enum class TokenKind : uint8_t {
  end,
  word,         // keyword or plain name
  quoted_name,  // `name`
  string,       // 'text' or U&'text', decoded
  binary,       // X'00ff', decoded
  integer,      // 12
  decimal,      // 1.2
  approximate,  // 1e2
  symbol,       // operators and punctuation; also the brackets of a hint
  invalid,      // text that is no token; the message says why
};

struct Token {
  TokenKind kind = TokenKind::end;
  std::string text;   // decoded; for invalid the message
  std::string upper;  // of a word, in upper case; of a symbol, itself; otherwise empty
  Position position;
  size_t begin = 0;  // where in the text, [begin, end)
  size_t end = 0;

  // Is it this keyword (in upper case) or symbol?
  bool is(std::string_view word) const { return upper == word && !word.empty(); }
};

}  // namespace millrace::sql
