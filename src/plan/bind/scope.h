#pragma once

// What an expression may name: columns, and the user's functions; and which one a name means.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "column/type.h"
#include "sql/name.h"

namespace millrace::plan {

class UserFunctions;

struct ScopeColumn {
  std::string table;  // the name or alias it may be qualified with; empty for none
  std::string name;
  Type type;
  // It is named with its table only, and no star stands for it but the table's: a column of USING,
  // of which there is a merged one without a table.
  bool needs_qualifier = false;
  // Its table, a query in FROM, has another column of this name: neither can be named.
  bool is_repeated = false;
};

class Scope {
 public:
  // Without columns. `functions`, which outlives the scope, may be null where only constants stand.
  explicit Scope(const UserFunctions* functions) : functions_(functions) {}
  // All columns of a table, under its name or alias.
  Scope(const std::string& table, const Schema& schema, const UserFunctions* functions);

  const UserFunctions* functions() const { return functions_; }

  void add(ScopeColumn column) { columns_.push_back(std::move(column)); }
  const std::vector<ScopeColumn>& columns() const { return columns_; }
  const ScopeColumn& operator[](size_t number) const { return columns_[number]; }

  // What a name means: a column, and the parts after it, which are fields of a ROW.
  struct Path {
    size_t column = 0;
    size_t first_field = 0;  // by number among the name's parts
  };
  // `table.column` comes before `column.field`. Throws Error(not_found) with the nearest name, or
  // Error(invalid_argument) where several columns have that name.
  Path resolve_path(const sql::QualifiedName& name) const;
  // A column alone, by its number. Throws as resolve_path(), and Error(unsupported) for a field.
  size_t resolve(const sql::QualifiedName& name) const;
  std::vector<std::string> names() const;

 private:
  // The one column of this name, of any table where `table` is null.
  std::optional<size_t> find(const std::string* table, const sql::Name& column,
                             const sql::QualifiedName& name) const;

  const UserFunctions* functions_;
  std::vector<ScopeColumn> columns_;
};

}  // namespace millrace::plan
