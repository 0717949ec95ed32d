#pragma once

// Broken invariants abort: the state is wrong and going on would spread it. Stays on in release.
// For the outcome of a statement, request or task, see error.h.

#include <source_location>
#include <string_view>

namespace millrace {

[[noreturn]] void check_failed(std::string_view what, std::source_location at);

inline void check(bool ok, std::string_view what = "",
                  std::source_location at = std::source_location::current()) {
  if (!ok) [[unlikely]] {
    check_failed(what, at);
  }
}

}  // namespace millrace
