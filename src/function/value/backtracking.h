#pragma once

// Regular expressions by PCRE2, for what RE2 does not do: look-around, back references, possessive
// quantifiers. It tries one way after the other, and there may be more of them than anyone waits
// for; so it gives up after a number of steps.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace millrace::function {

class Backtracking {
 public:
  // Throws Error(unsupported) where it cannot run the expression, which `written` was before it
  // was translated.
  Backtracking(const std::string& expression, std::string_view written);
  ~Backtracking();

  size_t groups() const;
  // Both throw Error(timeout) where the steps do not suffice.
  bool fits_whole(std::string_view text) const;
  bool find(std::string_view text, size_t from, bool anchored,
            std::span<std::string_view> parts) const;

 private:
  struct Compiled;
  class Borrowed;

  bool match(std::string_view text, size_t from, uint32_t options,
             std::span<std::string_view> parts) const;

  std::string written_;
  std::unique_ptr<Compiled> compiled_;
};

}  // namespace millrace::function
