#pragma once

// Which functions of shared libraries a text may load. A library is code with the rights of the
// program, so a text that comes over a network must not choose one.

#include <compare>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "sql/statement.h"

namespace millrace::plan {

struct LibraryFunction {
  std::string path;
  std::string symbol;

  auto operator<=>(const LibraryFunction&) const = default;
};
using LibraryFunctions = std::set<LibraryFunction>;
// Absent: any, for a file of whoever started the program.
using Loadable = std::optional<LibraryFunctions>;

// Those that a text names; none is loaded. Throws Error where the text cannot be parsed.
LibraryFunctions library_functions_in(std::string_view text, const std::string& file);

// Throws Error(unsupported) at the library that may not be loaded.
void check_loadable(const sql::CreateFunction& create, const Loadable& loadable);

}  // namespace millrace::plan
