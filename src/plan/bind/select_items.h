#pragma once

// The select list with its stars expanded and its columns named.

#include <string>
#include <vector>

#include "plan/bind/scope.h"
#include "sql/query.h"

namespace millrace::plan {

struct SelectedItem {
  const sql::Expression* written = nullptr;  // null for a column that a star stands for
  size_t column = 0;                         // of the star's
  std::string name;
};

// Throws Error for a star that stands for nothing.
std::vector<SelectedItem> expand_items(const sql::Select& select, const Scope& scope);

}  // namespace millrace::plan
