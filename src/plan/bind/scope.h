#pragma once

// The columns that an expression may name, and which one a name means.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "column/type.h"
#include "sql/name.h"

namespace millrace::plan {

struct ScopeColumn {
  std::string table;  // the name or alias it may be qualified with; empty for none
  std::string name;
  Type type;
};

class Scope {
 public:
  Scope() = default;
  // All columns of a table, under its name or alias.
  Scope(const std::string& table, const Schema& schema);

  void add(ScopeColumn column) { columns_.push_back(std::move(column)); }
  const std::vector<ScopeColumn>& columns() const { return columns_; }
  const ScopeColumn& operator[](size_t number) const { return columns_[number]; }

  // The column's number. Throws Error(not_found) with the nearest name, or Error(invalid_argument)
  // where several columns have that name.
  size_t resolve(const sql::QualifiedName& name) const;
  std::vector<std::string> names() const;

 private:
  std::vector<ScopeColumn> columns_;
};

}  // namespace millrace::plan
