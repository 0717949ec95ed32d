#pragma once

// The select list with its stars expanded and its columns named.

#include <memory>
#include <string>
#include <vector>

#include "plan/bind/scope.h"
#include "sql/query.h"

namespace millrace::plan {

struct SelectedItem {
  const sql::Expression* written = nullptr;  // null for a column that a star stands for
  size_t column = 0;                         // of the star's
  std::string name;
  // Of a field that a star stands for, as if it had been written.
  std::shared_ptr<const sql::Expression> field;
};

// What has a name that another had before it gets a number, as in Flink: id, id0, id1.
std::vector<std::string> made_unique(std::vector<std::string> names);

// Of columns written by one name each keeps it, and cannot be named by a query around this one; a
// star gives a column another name where its own is taken. Throws Error for a star that stands for
// nothing.
std::vector<SelectedItem> expand_items(const sql::Select& select, const Scope& scope);

}  // namespace millrace::plan
