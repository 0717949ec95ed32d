#pragma once

// What a name in FROM or INSERT INTO stands for. Definitions are immutable once in the catalog;
// plans share them.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "catalog/connector_description.h"
#include "catalog/object_name.h"
#include "column/type.h"
#include "function/expression.h"

namespace millrace::catalog {

enum class ColumnKind : uint8_t {
  physical,  // in the records
  metadata,  // from the connector, by key: 'partition', 'offset', 'timestamp'
  computed,  // from an expression over the columns before it
};

struct ColumnDefinition {
  std::string name;
  Type type = {};
  ColumnKind kind = ColumnKind::physical;
  std::string metadata_key = {};  // of metadata columns
  bool is_virtual = false;        // metadata that is never written
  std::optional<function::Expression> expression =
      {};                            // of computed: over the table's columns by number
  std::string expression_text = {};  // of computed, as written
  std::string comment = {};
};

struct WatermarkDefinition {
  size_t column = 0;                // the row-time column, by number
  function::Expression expression;  // over the table's columns by number
  std::string text;                 // as written
};

struct Option {
  std::string value;
  Position position;  // of the key, for messages
};

// What a MATERIALIZED TABLE has beside other tables: the query with which a pipeline of its own
// keeps it filled.
struct Materialized {
  std::string query;                 // its text
  Position position;                 // where that text begins, for messages
  Namespace names_in;                // where the names in it are looked for
  std::vector<std::string> columns;  // the query's, of which the table has each
  int64_t freshness_ms = 0;          // how far it may be behind: the pipeline's epochs are so long
  std::string start_mode;            // as said; empty for the usual one
  std::string pipeline;              // its name
  bool suspended = false;            // the pipeline does not run
};

struct Table {
  std::string name;
  Namespace space;
  std::vector<ColumnDefinition> columns;
  std::optional<WatermarkDefinition> watermark;
  std::vector<size_t> primary_key;  // column numbers
  std::string primary_key_name;     // CONSTRAINT name; empty for the one that is made of them
  std::vector<size_t> partitioned_by;
  std::map<std::string, Option> options;  // WITH (...), without surprises: checked at creation
  std::string comment;
  bool temporary = false;
  std::optional<Materialized> materialized = {};
  Changes gives = Changes::inserts;  // when it is read
  Changes takes = Changes::inserts;  // when it is written to
  bool reads_members = false;        // of a ROW, without the others

  const std::string& connector() const;  // the 'connector' option
  // The value of an option, or `otherwise`.
  std::string option(const std::string& key, const std::string& otherwise = "") const;
  // Where an option stands, for messages; without it, where the 'connector' does.
  Position place_of(const std::string& option) const;
  std::optional<size_t> find(std::string_view column) const;
  Schema schema() const;  // all columns
};

struct View {
  std::string name;
  Namespace space;
  bool temporary = false;
  std::vector<std::string> columns;
  Schema schema;       // when it was created
  std::string query;   // its text
  Position position;   // where that text begins, for messages
  Namespace names_in;  // where the names in it are looked for
  std::string comment;
};

}  // namespace millrace::catalog
