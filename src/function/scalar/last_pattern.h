#pragma once

// A pattern that is a column of its own is nearly always the same in each row: it is kept as long.

#include <optional>
#include <string>
#include <string_view>

namespace millrace::function {

template <typename Pattern>
class LastPattern {
 public:
  // `more` is what the pattern is made with besides, the same at each call.
  template <typename... More>
  const Pattern& of(std::string_view pattern, const More&... more) {
    if (!made_ || text_ != pattern) {
      text_ = pattern;
      made_.emplace(pattern, more...);
    }
    return *made_;
  }

 private:
  std::string text_;
  std::optional<Pattern> made_;
};

}  // namespace millrace::function
