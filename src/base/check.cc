#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace millrace {

void check_failed(std::string_view what, std::source_location at) {
  std::fprintf(stderr, "millrace: broken invariant at %s:%u in %s%s%.*s\n", at.file_name(),
               static_cast<unsigned>(at.line()), at.function_name(), what.empty() ? "" : ": ",
               static_cast<int>(what.size()), what.data());
  std::abort();
}

}  // namespace millrace
