#pragma once

// SQL text cut into its smallest pieces, as far as that is needed to tell statements apart and to
// replace words outside of strings and comments.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::query {

struct Token {
  enum class Kind : uint8_t { word, quoted_word, string, number, other };
  Kind kind;
  std::string_view text;  // as written, in the text given to tokens_of()
};

// Without white space and comments. An unfinished string reaches to the end.
std::vector<Token> tokens_of(std::string_view sql);
// The statements between semicolons, without those and without empty ones.
std::vector<std::string_view> split_statements(std::string_view sql);
bool is_word(const Token& token, std::string_view lower_case);
// "name" with its quotes doubled; 'text' likewise.
std::string quoted_name(std::string_view name);
std::string quoted_text(std::string_view text);

}  // namespace millrace::query
