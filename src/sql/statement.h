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
  // Of physical and metadata columns; absent where the name alone says which of the query's columns
  // (CREATE TABLE ... AS) stands here.
  std::optional<TypeName> type;
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

// What makes a table a MATERIALIZED TABLE: how a pipeline of its own keeps it filled.
struct Refresh {
  enum class Mode : uint8_t { unspecified, continuous, full };
  struct Freshness {
    Position position;
    IntervalLiteral interval;
  };
  bool or_alter = false;  // CREATE OR ALTER
  std::optional<Freshness> freshness;
  Mode mode = Mode::unspecified;
  Position mode_position;
  std::string start_mode;   // in upper case; empty if absent
  Position query_position;  // where the text of the query begins
  std::string query_text;   // as written
};

struct CreateTable {
  bool or_replace = false;  // which takes AS query
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
  QueryPtr as;                     // CREATE TABLE ... AS query; null if absent
  std::optional<Refresh> refresh;  // of MATERIALIZED TABLE, which takes AS query
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
// CREATE FUNCTION f AS 'implementation' [LANGUAGE word] [USING LIBRARY 'path'], or
// CREATE FUNCTION f (a INT, ...) RETURNS type RETURN expression.
struct CreateFunction {
  struct Parameter {
    Name name;
    TypeName type;
  };
  struct Library {
    Position position;
    std::string path;
  };
  bool temporary = false;
  bool system = false;
  bool if_not_exists = false;
  QualifiedName name;
  Position implementation_position;
  std::string implementation;
  std::string language;  // in upper case; empty if absent
  std::vector<Library> libraries;
  std::vector<Parameter> parameters;
  std::optional<TypeName> returns;  // with it go `parameters` and `body`
  ExpressionPtr body;
};
struct CreateCatalog {
  bool if_not_exists = false;
  Name name;
  std::optional<std::string> comment;
  std::vector<Option> options;
};
struct CreateDatabase {
  bool if_not_exists = false;
  QualifiedName name;
  std::optional<std::string> comment;
  std::vector<Option> options;
};
struct CreateModel {
  bool temporary = false;
  bool if_not_exists = false;
  QualifiedName name;
  std::vector<ColumnDefinition> inputs;
  std::vector<ColumnDefinition> outputs;
  std::optional<std::string> comment;
  std::vector<Option> options;
};

enum class ObjectKind : uint8_t {
  table,
  materialized_table,
  view,
  function,
  catalog,
  database,
  model
};
struct Drop {
  ObjectKind kind = ObjectKind::table;
  bool temporary = false;
  bool system = false;
  bool if_exists = false;
  bool cascade = false;  // of databases
  QualifiedName name;
};

// --- ALTER ---

struct RenameTo {
  QualifiedName name;
};
struct RenameColumn {
  Name from;
  Name to;
};
// ADD or MODIFY of columns, the watermark, the primary key.
struct ChangeElements {
  enum class Verb : uint8_t { add, modify };
  // Where a column goes: FIRST, AFTER other, or neither.
  struct Place {
    bool first = false;
    std::optional<Name> after;
  };
  Verb verb = Verb::add;
  std::vector<ColumnDefinition> columns;
  std::vector<Place> places;  // by column
  std::optional<WatermarkDefinition> watermark;
  std::optional<PrimaryKey> primary_key;
};
struct DropColumns {
  std::vector<Name> columns;
};
struct DropPrimaryKey {
  std::optional<Name> constraint;  // DROP CONSTRAINT name
};
struct DropWatermark {};
struct SetOptions {
  std::vector<Option> options;
};
struct ResetOptions {
  std::vector<std::string> keys;
};
// Of a catalog.
struct SetComment {
  std::string comment;
};
// Of a materialized table: its pipeline.
struct Suspend {};
struct Resume {
  std::vector<Option> options;  // WITH (...)
};
struct RefreshNow {
  Position position;
  std::vector<Option> partition;
};
// ALTER VIEW or MATERIALIZED TABLE v AS query.
struct ChangeQuery {
  QueryPtr query;
  std::string query_text;
  Position query_position;
};
struct Alter {
  ObjectKind kind = ObjectKind::table;  // not of functions
  bool if_exists = false;
  QualifiedName name;
  std::variant<RenameTo, RenameColumn, ChangeElements, DropColumns, DropPrimaryKey, DropWatermark,
               SetOptions, ResetOptions, SetComment, ChangeQuery, Suspend, Resume, RefreshNow>
      change;
};

// --- Data ---

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
  enum class Detail : uint8_t {
    estimated_cost,
    changelog_mode,
    json_execution_plan,
    plan_advice,
    state
  };
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
    jars,
    models,
    modules,
    full_modules,
    partitions,
    user_functions,
    materialized_tables,
    create_table,
    create_materialized_table,
    create_view,
    create_model,
    create_catalog
  };
  What what = What::tables;
  // Of what is shown: COLUMNS FROM t, CREATE TABLE t; or the database of TABLES FROM d.
  std::optional<QualifiedName> name;
  std::optional<std::string> like;
  bool not_like = false;
  bool ignore_case = false;  // ILIKE
};
struct Describe {
  ObjectKind kind = ObjectKind::table;
  bool extended = false;
  QualifiedName name;
};
// DESCRIBE JOB 'id'.
struct DescribeJob {
  std::string id;
};
// STOP JOB 'id' [WITH SAVEPOINT] [WITH DRAIN].
struct StopJob {
  std::string id;
  bool with_savepoint = false;
  bool with_drain = false;
};
struct Use {
  bool catalog = false;  // USE CATALOG c, or USE [c.]database
  QualifiedName name;
};
// USE MODULES core, the only one that there is.
struct UseModules {};
struct QueryStatement {
  QueryPtr query;
};

struct Statement {
  Position position;
  std::string text;  // as written, without the semicolon
  std::variant<CreateTable, CreateView, CreateFunction, CreateCatalog, CreateDatabase, CreateModel,
               Drop, Alter, Insert, StatementSet, Set, Reset, Explain, Show, Describe, DescribeJob,
               StopJob, Use, UseModules, QueryStatement>
      node;
};

}  // namespace millrace::sql
