#pragma once

// What an expression may name: columns, and the user's functions; and which one a name means.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "catalog/object_name.h"
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
  // Of the query around this one, whose names are looked for behind its own.
  bool is_outer = false;
  // Where its table is, which may be written ahead of the table's name; nothing where that is an
  // alias, or names no table of a catalog.
  std::optional<catalog::Namespace> space = std::nullopt;
};

class Scope {
 public:
  // Without columns. `functions`, which outlives the scope, may be null where only constants stand.
  explicit Scope(const UserFunctions* functions) : functions_(functions) {}
  // All columns of a table, under its name or alias.
  Scope(const std::string& table, const Schema& schema, const UserFunctions* functions);

  const UserFunctions* functions() const { return functions_; }

  void add(ScopeColumn column) { columns_.push_back(std::move(column)); }
  // All of them are of a table that is there.
  void set_space(const catalog::Namespace& space);
  const std::vector<ScopeColumn>& columns() const { return columns_; }
  const ScopeColumn& operator[](size_t number) const { return columns_[number]; }

  // What a name means: a column, and the fields of ROWs from there on.
  struct Path {
    size_t column = 0;
    std::vector<sql::Name> fields;
    bool is_implied = false;  // the name leaves out a part of it
  };
  // `table.column` comes before `column.field`. A name that no column has is that of a field of a
  // ROW, however deep; of several in one table the least deep. Throws Error(not_found) with the
  // nearest name, or Error(invalid_argument) where several are meant alike.
  Path resolve_path(const sql::QualifiedName& name) const;
  // A column alone, by its number. Throws as resolve_path(), and Error(unsupported) for a field.
  size_t resolve(const sql::QualifiedName& name) const;
  std::vector<std::string> names() const;

 private:
  // What is looked for: the columns of one table, or of any where `table` is null; of the query
  // itself or of the one around it; and the whole name, for errors.
  struct Search {
    const std::string* table = nullptr;
    bool is_outer = false;
    const sql::QualifiedName& name;
    std::span<const sql::Name> space = {};  // ahead of the table's name
  };
  bool is_seen(const ScopeColumn& column, const Search& search) const;
  // What parts of a name mean, from the column or the field that the first one names.
  std::optional<Path> find(std::span<const sql::Name> parts, const Search& search) const;
  std::optional<Path> find_qualified(const sql::QualifiedName& name, bool is_outer) const;
  std::optional<size_t> find_column(const std::string& column, const Search& search) const;
  std::optional<Path> find_nearest(const std::vector<Path>& paths, const Search& search) const;

  const UserFunctions* functions_;
  std::vector<ScopeColumn> columns_;
};

}  // namespace millrace::plan
