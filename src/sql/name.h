#pragma once

// Names as written: of columns, tables, functions. Flink compares the names of tables and columns
// with case and those of functions without.

#include <string>
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

}  // namespace millrace::sql
