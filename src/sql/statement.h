#pragma once

// Statements of the syntax tree.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "sql/expression.h"
#include "sql/name.h"
#include "sql/query.h"
#include "sql/type_name.h"

namespace millrace::sql {

struct Statement;
using StatementPtr = std::unique_ptr<Statement>;

// 'key' = 'value' in WITH ( ).
struct Option {
  Position key_position;
  Position value_position;
  std::string key;
  std::string value;
};

struct ColumnDefinition {
  enum class Kind : uint8_t { physical, computed, metadata };
  Kind kind = Kind::physical;
  Name name;
  std::optional<TypeName> type;             // of physical and metadata columns
  ExpressionPtr expression;                 // of computed columns
  std::optional<std::string> metadata_key;  // METADATA FROM 'key'; absent for the column's own name
  bool is_virtual = false;                  // METADATA ... VIRTUAL: not written
  std::optional<std::string> comment;
};
// WATERMARK FOR column AS expression.
struct WatermarkDefinition {
  Position position;
  QualifiedName column;
  ExpressionPtr expression;
};
struct PrimaryKey {
  Position position;
  std::optional<Name> name;  // CONSTRAINT name
  std::vector<Name> columns;
  bool enforced = false;
};
// LIKE source (INCLUDING ALL, EXCLUDING OPTIONS, ...).
struct TableLike {
  struct Choice {
    Position position;
    std::string merging;  // INCLUDING, EXCLUDING, OVERWRITING
    std::string feature;  // ALL, CONSTRAINTS, GENERATED, METADATA, OPTIONS, PARTITIONS, WATERMARKS
  };
  QualifiedName source;
  std::vector<Choice> choices;
};

struct CreateTable {
  bool temporary = false;
  bool if_not_exists = false;
  QualifiedName name;
  std::vector<ColumnDefinition> columns;
  std::vector<WatermarkDefinition> watermarks;
  std::optional<PrimaryKey> primary_key;
  std::optional<std::string> comment;
  std::vector<Name> partitioned_by;
  std::vector<Option> options;
  std::optional<TableLike> like;
  QueryPtr as;  // CREATE TABLE ... AS query; null if absent
};
struct CreateView {
  bool temporary = false;
  bool if_not_exists = false;
  QualifiedName name;
  std::vector<Name> columns;  // empty for the query's own names
  std::optional<std::string> comment;
  QueryPtr query;
  std::string query_text;   // as written
  Position query_position;  // where that text begins
};
// CREATE FUNCTION f AS 'library' [LANGUAGE word].
struct CreateFunction {
  bool temporary = false;
  bool system = false;
  bool if_not_exists = false;
  QualifiedName name;
  std::string implementation;
  std::string language;  // in upper case; empty if absent
};
enum class ObjectKind : uint8_t { table, view, function };
struct Drop {
  ObjectKind kind = ObjectKind::table;
  bool temporary = false;
  bool if_exists = false;
  QualifiedName name;
};
struct Insert {
  enum class Conflict : uint8_t { unspecified, deduplicate, nothing, error };
  bool overwrite = false;
  QualifiedName table;
  std::vector<Hint> hints;
  std::vector<Name> columns;      // empty for all, in order
  std::vector<Option> partition;  // PARTITION (k = 'v'), values as text
  QueryPtr query;
  Conflict on_conflict = Conflict::unspecified;
};
// EXECUTE STATEMENT SET BEGIN ... END, and BEGIN STATEMENT SET; ... END.
struct StatementSet {
  std::vector<StatementPtr> inserts;
};
struct Set {
  std::optional<Option> option;  // absent in a bare SET, which lists them
};
struct Reset {
  std::optional<std::string> key;  // absent for all
};
struct Explain {
  enum class Detail : uint8_t { estimated_cost, changelog_mode, json_execution_plan, plan_advice };
  std::vector<Detail> details;
  StatementPtr statement;
};
struct Show {
  enum class What : uint8_t {
    tables,
    views,
    functions,
    catalogs,
    databases,
    current_catalog,
    current_database,
    columns,
    jobs,
    create_table,
    create_view
  };
  What what = What::tables;
  std::optional<QualifiedName> name;  // of columns, create_table, create_view
  std::optional<std::string> like;
  bool not_like = false;
};
struct Describe {
  QualifiedName name;
};
struct Use {
  bool catalog = false;  // USE CATALOG c, or USE [c.]database
  QualifiedName name;
};
struct QueryStatement {
  QueryPtr query;
};

struct Statement {
  Position position;
  std::string text;  // as written, without the semicolon
  std::variant<CreateTable, CreateView, CreateFunction, Drop, Insert, StatementSet, Set, Reset,
               Explain, Show, Describe, Use, QueryStatement>
      node;
};

}  // namespace millrace::sql
