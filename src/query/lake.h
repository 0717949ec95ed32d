#pragma once

// The tables below the lake's directory, as ad-hoc SQL sees them: every directory with a _delta_log
// is a table, called as its directory; one in a sub-directory, "curated/customers", is the table
// `customers` of the schema `curated`.

#include <map>
#include <string>
#include <vector>

#include "codec/parquet/parquet.h"
#include "delta/table.h"
#include "io/world.h"

namespace millrace::query {

struct TableName {
  std::string schema;  // "main" for tables that lie directly in the lake
  std::string table;

  auto operator<=>(const TableName&) const = default;
};

// One thread at a time.
class Lake {
 public:
  // `directory` is absolute. The world outlives the lake.
  Lake(const io::World& world, std::string directory);

  const std::string& directory() const { return directory_; }
  // What is there now; a table that we cannot read is listed, and says why when it is read.
  std::vector<TableName> tables() const;
  // The table as of its newest commit. Throws Error(not_found), or what reading it throws.
  const delta::Table& refreshed(const TableName& name);

 private:
  std::string path_of(const TableName& name) const;
  void find_tables(const std::string& directory, const std::string& schema,
                   std::vector<TableName>& found) const;

  io::World world_;
  std::string directory_;
  codec::Parquet parquet_;
  std::map<TableName, delta::Table> open_;
};

// SQL for the rows of a table as of its snapshot: SELECT ... over the Parquet files that count.
std::string select_rows(const delta::Table& table);

}  // namespace millrace::query
