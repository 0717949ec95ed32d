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

class Backtracking;

class JavaPattern {
 public:
  // Throws Error(unsupported) for what Java knows and neither engine does.
  explicit JavaPattern(std::string_view pattern);
  ~JavaPattern();

  const std::string& text() const { return text_; }
  // What is no pattern in Java either, as one of open brackets. It fits nothing.
  bool is_mistaken() const { return engines_ == nullptr; }
  size_t groups() const;

  // These throw Error(timeout) where PCRE2 gives up.
  bool fits_whole(std::string_view text) const;
  // The first fit: the whole, and as many of its groups as there is room for. A group that took no
  // part is a view of nothing.
  bool find(std::string_view text, std::span<std::string_view> parts) const;
  class Search;

 private:
  struct Engines;

  std::string text_;
  RequiredText required_;
  std::unique_ptr<Engines> engines_;
};

// Fits one behind the other in one text. Which engine runs is found out once, for that takes a look
// at all of the text. The pattern and the text outlive this.
class JavaPattern::Search {
 public:
  Search(const JavaPattern& pattern, std::string_view text);

  // The same as JavaPattern::find(), at this place of the text or behind it.
  bool find(size_t from, std::span<std::string_view> parts) const;

 private:
  bool fits_at(size_t from, bool anchored, std::span<std::string_view> parts) const;

  const JavaPattern* pattern_;
  std::string_view text_;
  const Backtracking* exact_ = nullptr;  // null where the linear engine runs
};

}  // namespace millrace::function
