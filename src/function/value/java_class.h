#pragma once

// Classes of characters in Java's regular expressions: [a-z], [^\d,], [a-z&&[^aeiou]], \w, \p{Lu}.

#include <optional>
#include <string>

#include "function/value/code_set.h"
#include "function/value/regex_text.h"

namespace millrace::function {

// As much as can be is a set of code points. Properties of Unicode stay with their names beside
// it, and what cannot be said in one pair of brackets is an expression.
struct JavaClass {
  CodeSet set = {};
  std::string properties = {};  // \p{Lu}\p{Nd}
  bool negated = false;         // of all of the above
  std::string expression = {};  // in place of all of the above
  bool needs_exact = false;     // of an expression that looks ahead

  std::string to_string() const;
};

// From "[" on, to behind its "]". Nothing for what is no class.
std::optional<JavaClass> read_java_class(RegexText& text, const RegexFlags& flags);
// \d \w \s \h \v and \p{...}, and their opposites. Nothing, and nothing read, for other escapes.
std::optional<JavaClass> read_java_class_escape(RegexText& text, const RegexFlags& flags);

}  // namespace millrace::function
