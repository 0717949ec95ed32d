#pragma once

// What Postgres clients ask of pg_catalog and information_schema: tables and functions of our own
// in the schema `pg`, filled from the lake's tables. As much as psql's \d, \dt, \dn, \l and \du and
// the drivers' start-up need.

#include <string>
#include <string_view>
#include <vector>

#include "column/type.h"
#include "query/lake.h"

namespace millrace::query {

struct CatalogTable {
  TableName name;
  Schema schema;
};

// Run once, in a database without anything.
std::vector<std::string> catalog_definitions();
// Replace the rows by those of these tables.
std::vector<std::string> catalog_contents(const std::vector<CatalogTable>& tables);
// Whether a name after FROM is one of the tables that catalog_contents() fills.
bool is_catalog_table(std::string_view name);

}  // namespace millrace::query
