#pragma once

// The full name of a table, view, model or function, as Flink has it: `catalog`.`database`.`name`.

#include <string>

namespace millrace::catalog {

inline constexpr const char* kDefaultCatalog = "default_catalog";
inline constexpr const char* kDefaultDatabase = "default_database";

// Where a name without catalog and database is looked for.
struct Namespace {
  std::string catalog = kDefaultCatalog;
  std::string database = kDefaultDatabase;

  bool operator==(const Namespace&) const = default;
};

struct ObjectName {
  Namespace space;
  std::string name;

  std::string to_string() const {  // c.d.n
    return space.catalog + "." + space.database + "." + name;
  }
  std::string to_sql() const {  // `c`.`d`.`n`
    return "`" + space.catalog + "`.`" + space.database + "`.`" + name + "`";
  }
  bool operator==(const ObjectName&) const = default;
};

}  // namespace millrace::catalog
