#pragma once

// Names as written: of columns, tables, functions. Flink compares the names of tables and columns
// with case and those of functions without.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace millrace::sql {

struct Name {
  Position position;
  std::string text;  // without back-quotes
};

// One or more parts, as in `catalog.database.table` or `alias.column.field`.
struct QualifiedName {
  std::vector<Name> parts;

  const Position& position() const { return parts.front().position; }
  const Name& last() const { return parts.back(); }
};

// Whether a function's name is this word, which is in upper case.
inline bool is_word(std::string_view name, std::string_view word) {
  if (name.size() != word.size()) {
    return false;
  }
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if ((c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c) != word[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace millrace::sql
