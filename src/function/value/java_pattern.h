#pragma once

// A regular expression as java.util.regex has it, compiled. RE2 runs it, in time linear in the
// text, unless it says what RE2 cannot (java_regex.h): then PCRE2 does, which gives up on a text
// that takes too many steps.

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "function/value/required_text.h"

namespace millrace::function {

class JavaPattern {
 public:
  // Throws Error(unsupported) for what Java knows and neither engine does.
  explicit JavaPattern(std::string_view pattern);
  ~JavaPattern();

  const std::string& text() const { return text_; }
  // What is no pattern in Java either, as one of open brackets. It fits nothing.
  bool is_mistaken() const { return engines_ == nullptr; }
  size_t groups() const;

  // Both throw Error(timeout) where PCRE2 gives up.
  bool fits_whole(std::string_view text) const;
  // The first fit at a place of the text or behind it: the whole, and as many of its groups as
  // there is room for. A group that took no part is a view of nothing.
  bool find(std::string_view text, size_t from, std::span<std::string_view> parts) const;

 private:
  struct Engines;

  bool fits_at(std::string_view text, size_t from, bool anchored,
               std::span<std::string_view> parts) const;

  std::string text_;
  RequiredText required_;
  std::unique_ptr<Engines> engines_;
};

}  // namespace millrace::function
