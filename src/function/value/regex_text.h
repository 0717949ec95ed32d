#pragma once

// The text of a regular expression of Java's, read from the front: its flags, names, escaped
// characters and quantifiers.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace millrace::function {

struct RegexFlags {
  bool any_case = false;      // i
  bool unicode_case = false;  // u
  bool dotall = false;        // s
  bool multiline = false;     // m
  bool comments = false;      // x
  bool unix_lines = false;    // d
};

class RegexText {
 public:
  explicit RegexText(std::string_view text) : text_(text) {}

  // Around the reading of a group, or of a class within another: whoever reads calls itself there.
  // Throws Error(unsupported) where they lie too deep within each other.
  void enter();
  void leave() { --depth_; }

  bool at_end() const { return text_.empty(); }
  bool is_at(std::string_view word) const { return text_.starts_with(word); }
  char peek() const { return text_.empty() ? '\0' : text_.front(); }
  bool accept(std::string_view word);
  bool skip();  // a byte; true
  void skip_line();

  // A character as it stands; there is one.
  uint32_t take_character();
  // Behind a backslash: \n, \t, \x41, \u0041, \x{1F600}, \., \\. Nothing where a letter stands
  // there that means nothing, or where the text ends.
  std::optional<uint32_t> take_escaped_character();

  // "i", "-i", "is-m": the flags with these. Nothing for one that there is not. Throws
  // Error(unsupported) for U.
  std::optional<RegexFlags> accept_flags(RegexFlags flags);
  // Letters and digits of ASCII, a letter first.
  std::string_view accept_name();
  // \1, \12 where there are so many groups: the number of the group; 0 where there is none.
  size_t accept_reference(size_t groups);
  // * + ? {2} {2,} {2,5}, which `times` then is; it stays empty where there is none. False where
  // a quantifier is begun and does not end.
  bool accept_quantifier(std::string& times);

 private:
  std::string_view accept_digits();
  std::optional<uint32_t> accept_code(size_t digits, int base);
  std::optional<uint32_t> accept_hexadecimal();
  std::optional<uint32_t> accept_utf16();
  std::optional<uint32_t> accept_octal();

  std::string_view text_;
  size_t depth_ = 0;
};

}  // namespace millrace::function
