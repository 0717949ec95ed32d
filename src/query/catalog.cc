#include "query/catalog.h"

#include <algorithm>
#include <array>

#include "query/pgwire/types.h"
#include "query/sql_text.h"

namespace millrace::query {

namespace {

constexpr int64_t kOwner = 10;
constexpr int64_t kPublic = 2200;
constexpr int64_t kFirstTable = 16384;

// Empty tables are there so that the joins of psql's \d find their columns.
constexpr const char* kTables = R"sql(
CREATE SCHEMA pg;
CREATE SCHEMA pg_information;
CREATE TYPE pg.regclass AS VARCHAR;
CREATE TYPE pg.regtype AS VARCHAR;
CREATE TYPE pg.regnamespace AS VARCHAR;
CREATE TYPE pg.regproc AS VARCHAR;
CREATE TYPE pg.oid AS BIGINT;
CREATE TYPE pg.name AS VARCHAR;
CREATE TABLE pg.pg_namespace(oid BIGINT, nspname VARCHAR, nspowner BIGINT, nspacl VARCHAR[]);
CREATE TABLE pg.pg_class(oid BIGINT, relname VARCHAR, relnamespace BIGINT, reltype BIGINT,
  reloftype BIGINT, relowner BIGINT, relam BIGINT, relfilenode BIGINT, reltablespace BIGINT,
  relpages INTEGER, reltuples FLOAT, reltoastrelid BIGINT, relhasindex BOOLEAN,
  relisshared BOOLEAN, relpersistence VARCHAR, relkind VARCHAR, relnatts SMALLINT,
  relchecks SMALLINT, relhasrules BOOLEAN, relhastriggers BOOLEAN, relhassubclass BOOLEAN,
  relrowsecurity BOOLEAN, relforcerowsecurity BOOLEAN, relispopulated BOOLEAN,
  relreplident VARCHAR, relispartition BOOLEAN, relacl VARCHAR[], reloptions VARCHAR[],
  relpartbound VARCHAR);
CREATE TABLE pg.pg_attribute(attrelid BIGINT, attname VARCHAR, atttypid BIGINT,
  attstattarget INTEGER, attlen SMALLINT, attnum SMALLINT, attndims INTEGER, atttypmod INTEGER,
  attnotnull BOOLEAN, atthasdef BOOLEAN, attidentity VARCHAR, attgenerated VARCHAR,
  attisdropped BOOLEAN, attcollation BIGINT, attstorage VARCHAR, attcompression VARCHAR,
  attacl VARCHAR[]);
CREATE TABLE pg.pg_type(oid BIGINT, typname VARCHAR, typnamespace BIGINT, typlen SMALLINT,
  typtype VARCHAR, typcategory VARCHAR, typdelim VARCHAR, typrelid BIGINT, typelem BIGINT,
  typarray BIGINT, typbasetype BIGINT, typtypmod INTEGER, typnotnull BOOLEAN,
  typcollation BIGINT, typreceive VARCHAR, shown VARCHAR);
CREATE TABLE pg.pg_am(oid BIGINT, amname VARCHAR, amtype VARCHAR);
CREATE TABLE pg.pg_database(oid BIGINT, datname VARCHAR, datdba BIGINT, encoding INTEGER,
  datlocprovider VARCHAR, datistemplate BOOLEAN, datallowconn BOOLEAN, datcollate VARCHAR,
  datctype VARCHAR, daticulocale VARCHAR, datacl VARCHAR[]);
CREATE TABLE pg.pg_roles(oid BIGINT, rolname VARCHAR, rolsuper BOOLEAN, rolinherit BOOLEAN,
  rolcreaterole BOOLEAN, rolcreatedb BOOLEAN, rolcanlogin BOOLEAN, rolconnlimit INTEGER,
  rolvaliduntil TIMESTAMPTZ, rolreplication BOOLEAN, rolbypassrls BOOLEAN);
CREATE TABLE pg.pg_attrdef(oid BIGINT, adrelid BIGINT, adnum SMALLINT, adbin VARCHAR);
CREATE TABLE pg.pg_auth_members(roleid BIGINT, member BIGINT);
CREATE TABLE pg.pg_collation(oid BIGINT, collname VARCHAR, collnamespace BIGINT);
CREATE TABLE pg.pg_constraint(oid BIGINT, conname VARCHAR, contype VARCHAR,
  condeferrable BOOLEAN, condeferred BOOLEAN, conrelid BIGINT, conindid BIGINT,
  conparentid BIGINT, confrelid BIGINT, conkey SMALLINT[]);
CREATE TABLE pg.pg_description(objoid BIGINT, classoid BIGINT, objsubid INTEGER,
  description VARCHAR);
CREATE TABLE pg.pg_enum(oid BIGINT, enumtypid BIGINT, enumsortorder FLOAT, enumlabel VARCHAR);
CREATE TABLE pg.pg_extension(oid BIGINT, extname VARCHAR, extnamespace BIGINT,
  extversion VARCHAR);
CREATE TABLE pg.pg_index(indexrelid BIGINT, indrelid BIGINT, indisunique BOOLEAN,
  indisprimary BOOLEAN, indisclustered BOOLEAN, indisvalid BOOLEAN, indisreplident BOOLEAN,
  indnkeyatts SMALLINT, indnullsnotdistinct BOOLEAN, indkey SMALLINT[], indoption SMALLINT[],
  indclass BIGINT[], indpred VARCHAR, indexprs VARCHAR);
CREATE TABLE pg.pg_inherits(inhrelid BIGINT, inhparent BIGINT, inhseqno INTEGER,
  inhdetachpending BOOLEAN);
CREATE TABLE pg.pg_policy(oid BIGINT, polname VARCHAR, polrelid BIGINT, polcmd VARCHAR,
  polpermissive BOOLEAN, polroles BIGINT[], polqual VARCHAR, polwithcheck VARCHAR);
CREATE TABLE pg.pg_proc(oid BIGINT, proname VARCHAR, pronamespace BIGINT, prokind VARCHAR);
CREATE TABLE pg.pg_publication(oid BIGINT, pubname VARCHAR, puballtables BOOLEAN);
CREATE TABLE pg.pg_publication_namespace(pnpubid BIGINT, pnnspid BIGINT);
CREATE TABLE pg.pg_publication_rel(prpubid BIGINT, prrelid BIGINT, prqual VARCHAR,
  prattrs SMALLINT[]);
CREATE TABLE pg.pg_range(rngtypid BIGINT, rngsubtype BIGINT, rngmultitypid BIGINT);
CREATE TABLE pg.pg_statistic_ext(oid BIGINT, stxrelid BIGINT, stxnamespace BIGINT,
  stxname VARCHAR, stxkind VARCHAR[], stxstattarget INTEGER);
CREATE TABLE pg.pg_trigger(oid BIGINT, tgrelid BIGINT, tgparentid BIGINT, tgname VARCHAR,
  tgenabled VARCHAR, tgisinternal BOOLEAN);
INSERT INTO pg.pg_am VALUES (2, 'heap', 't');
INSERT INTO pg.pg_database VALUES
  (5, 'millrace', 10, 6, 'c', false, true, 'C.UTF-8', 'C.UTF-8', NULL, NULL);
INSERT INTO pg.pg_roles VALUES
  (10, 'millrace', false, true, false, false, true, -1, NULL, false, false);
CREATE VIEW pg.pg_user AS SELECT rolname AS usename, oid AS usesysid, rolsuper AS usesuper FROM pg.pg_roles;
CREATE VIEW pg.pg_tables AS SELECT n.nspname AS schemaname, c.relname AS tablename,
  'millrace' AS tableowner, false AS hasindexes FROM pg.pg_class c JOIN pg.pg_namespace n
  ON n.oid = c.relnamespace;
CREATE VIEW pg.pg_views AS SELECT '' AS schemaname, '' AS viewname, '' AS viewowner,
  '' AS definition WHERE false;
CREATE VIEW pg.pg_matviews AS SELECT '' AS schemaname, '' AS matviewname WHERE false;
CREATE VIEW pg_information.schemata AS SELECT 'millrace' AS catalog_name, nspname AS schema_name,
  'millrace' AS schema_owner FROM pg.pg_namespace;
CREATE VIEW pg_information.tables AS SELECT 'millrace' AS table_catalog,
  n.nspname AS table_schema, c.relname AS table_name, 'BASE TABLE' AS table_type,
  'NO' AS is_insertable_into FROM pg.pg_class c JOIN pg.pg_namespace n ON n.oid = c.relnamespace;
)sql";

// A macro's arguments are put in as text, so that its own table names must be nobody else's.
constexpr const char* kFunctions = R"sql(
CREATE MACRO pg.version() AS 'PostgreSQL 15.0 (Millrace)';
CREATE MACRO pg.current_database() AS 'millrace';
CREATE MACRO pg.current_catalog() AS 'millrace';
CREATE MACRO pg.current_schema() AS 'public';
CREATE MACRO pg.current_schemas(implicit) AS ['pg_catalog', 'public'];
CREATE MACRO pg.current_user() AS 'millrace';
CREATE MACRO pg.pg_advisory_unlock_all() AS NULL::VARCHAR;
CREATE MACRO pg.pg_backend_pid() AS 1;
CREATE MACRO pg.pg_is_in_recovery() AS false;
CREATE MACRO pg.pg_get_serial_sequence(relation, name) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_userbyid(role) AS 'millrace';
CREATE MACRO pg.pg_table_is_visible(relation) AS
  (SELECT hidden_class.relnamespace = 2200 FROM pg.pg_class AS hidden_class
   WHERE hidden_class.oid = relation);
CREATE MACRO pg.pg_type_is_visible(kind) AS true;
CREATE MACRO pg.pg_function_is_visible(function) AS true;
CREATE MACRO pg.pg_get_expr(tree, relation) AS NULL::VARCHAR, (tree, relation, pretty) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_indexdef(index) AS NULL::VARCHAR, (index, part, pretty) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_constraintdef(id) AS NULL::VARCHAR, (id, pretty) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_triggerdef(id) AS NULL::VARCHAR, (id, pretty) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_viewdef(id) AS NULL::VARCHAR, (id, pretty) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_function_result(id) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_function_arguments(id) AS NULL::VARCHAR;
CREATE MACRO pg.pg_get_statisticsobjdef_columns(id) AS NULL::VARCHAR;
CREATE MACRO pg.pg_partition_ancestors(relation) AS relation;
CREATE MACRO pg.pg_relation_is_publishable(relation) AS false;
CREATE MACRO pg.pg_encoding_to_char(encoding) AS 'UTF8';
CREATE MACRO pg.pg_size_pretty(bytes) AS bytes::VARCHAR || ' bytes';
CREATE MACRO pg.pg_table_size(relation) AS 0::BIGINT;
CREATE MACRO pg.pg_total_relation_size(relation) AS 0::BIGINT;
CREATE MACRO pg.obj_description(object) AS NULL::VARCHAR, (object, kind) AS NULL::VARCHAR;
CREATE MACRO pg.col_description(relation, number) AS NULL::VARCHAR;
CREATE MACRO pg.shobj_description(object, kind) AS NULL::VARCHAR;
CREATE MACRO pg.array_to_string(list, separator) AS list_aggregate(list, 'string_agg', separator);
CREATE MACRO pg.array_upper(list, dimension) AS len(list);
CREATE MACRO pg.array_lower(list, dimension) AS 1;
CREATE MACRO pg.quote_ident(name) AS name;
CREATE MACRO pg.has_table_privilege(relation, privilege) AS true, (role, relation, privilege) AS true;
CREATE MACRO pg.has_schema_privilege(name, privilege) AS true, (role, name, privilege) AS true;
CREATE MACRO pg.format_type(kind, modifier) AS
  (SELECT CASE WHEN kind = 1700 AND modifier > 4
     THEN 'numeric(' || ((modifier - 4) >> 16)::VARCHAR || ',' || ((modifier - 4) & 65535)::VARCHAR || ')'
     ELSE (SELECT hidden_type.shown FROM pg.pg_type AS hidden_type
           WHERE hidden_type.oid = kind) END);
)sql";

std::string row(std::initializer_list<std::string> values) {
  std::string text = "(";
  for (const std::string& value : values) {
    text += (text.size() > 1 ? ", " : "") + value;
  }
  return text + ")";
}

std::string truth(bool value) { return value ? "true" : "false"; }

std::string insert_types() {
  std::string values;
  for (const pgwire::TypeInfo& type : pgwire::all_types()) {
    const std::string text_like = type.category == 'S' ? "100" : "0";
    values +=
        (values.empty() ? "" : ", ") +
        row({std::to_string(type.oid), quoted_text(type.name), "11", std::to_string(type.length),
             "'b'", quoted_text({&type.category, 1}), "','", "0", "0", "0", "0", "-1", "false",
             text_like, quoted_text(std::string(type.receive)), quoted_text(type.shown)});
  }
  return "INSERT INTO pg.pg_type VALUES " + values;
}

std::vector<std::string> statements_of(const char* sql) {
  std::vector<std::string> statements;
  for (const std::string_view statement : split_statements(sql)) {
    statements.emplace_back(statement);
  }
  return statements;
}

}  // namespace

std::vector<std::string> catalog_definitions() {
  std::vector<std::string> statements = statements_of(kTables);
  statements.push_back(insert_types());
  for (std::string& function : statements_of(kFunctions)) {
    statements.push_back(std::move(function));
  }
  statements.push_back(
      "CREATE VIEW pg_information.columns AS SELECT 'millrace' AS table_catalog, "
      "n.nspname AS table_schema, c.relname AS table_name, a.attname AS column_name, "
      "a.attnum::INTEGER AS ordinal_position, NULL::VARCHAR AS column_default, "
      "CASE WHEN a.attnotnull THEN 'NO' ELSE 'YES' END AS is_nullable, t.shown AS data_type, "
      "t.typname AS udt_name, CASE WHEN a.atttypid = 1700 THEN (a.atttypmod - 4) >> 16 END AS "
      "numeric_precision, CASE WHEN a.atttypid = 1700 THEN (a.atttypmod - 4) & 65535 END AS "
      "numeric_scale, NULL::INTEGER AS character_maximum_length FROM pg.pg_attribute a "
      "JOIN pg.pg_class c ON c.oid = a.attrelid JOIN pg.pg_namespace n ON n.oid = c.relnamespace "
      "JOIN pg.pg_type t ON t.oid = a.atttypid");
  return statements;
}

namespace {

std::string class_row(int64_t oid, const CatalogTable& table, int64_t space) {
  return row({std::to_string(oid),
              quoted_text(table.name.table),
              std::to_string(space),
              "0",
              "0",
              std::to_string(kOwner),
              "2",
              "0",
              "0",
              "0",
              "-1",
              "0",
              "false",
              "false",
              "'p'",
              "'r'",
              std::to_string(table.schema.size()),
              "0",
              "false",
              "false",
              "false",
              "false",
              "false",
              "true",
              "'d'",
              "false",
              "NULL",
              "NULL",
              "NULL"});
}

std::string attribute_row(int64_t oid, size_t number, const Field& field) {
  const pgwire::TypeInfo& type = pgwire::type_info(field.type);
  return row({std::to_string(oid), quoted_text(field.name), std::to_string(type.oid), "-1",
              std::to_string(type.length), std::to_string(number), "0",
              std::to_string(pgwire::type_modifier(field.type)), truth(!field.type.nullable),
              "false", "''", "''", "false", type.category == 'S' ? "100" : "0", "'x'", "''",
              "NULL"});
}

// One statement that replaces a table's rows, so that a reader sees the old ones or the new ones.
void replace_rows(const std::string& table, const std::string& values,
                  std::vector<std::string>& statements) {
  statements.push_back("DELETE FROM pg." + table);
  if (!values.empty()) {
    statements.push_back("INSERT INTO pg." + table + " VALUES " + values);
  }
}

void append(const std::string& value, std::string& values) {
  values += (values.empty() ? "" : ", ") + value;
}

}  // namespace

std::vector<std::string> catalog_contents(const std::vector<CatalogTable>& tables) {
  std::map<std::string, int64_t> spaces = {{"main", kPublic}};
  std::string namespaces;
  append(row({"11", "'pg_catalog'", std::to_string(kOwner), "NULL"}), namespaces);
  append(row({"13000", "'information_schema'", std::to_string(kOwner), "NULL"}), namespaces);
  append(row({std::to_string(kPublic), "'public'", std::to_string(kOwner), "NULL"}), namespaces);
  std::string classes;
  std::string attributes;
  int64_t next = kFirstTable;
  for (const CatalogTable& table : tables) {
    const auto [space, made] = spaces.try_emplace(table.name.schema, next);
    if (made) {
      append(row({std::to_string(next++), quoted_text(table.name.schema), std::to_string(kOwner),
                  "NULL"}),
             namespaces);
    }
    const int64_t oid = next++;
    append(class_row(oid, table, space->second), classes);
    for (size_t i = 0; i < table.schema.size(); ++i) {
      append(attribute_row(oid, i + 1, table.schema[i]), attributes);
    }
  }
  std::vector<std::string> statements = {"BEGIN TRANSACTION"};
  replace_rows("pg_namespace", namespaces, statements);
  replace_rows("pg_class", classes, statements);
  replace_rows("pg_attribute", attributes, statements);
  statements.push_back("COMMIT");
  return statements;
}

bool is_catalog_table(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kFilled = {
      "pg_namespace", "pg_class", "pg_attribute", "pg_tables",  "tables",
      "columns",      "schemata", "pg_type",      "pg_inherits"};
  return std::find(kFilled.begin(), kFilled.end(), name) != kFilled.end();
}

}  // namespace millrace::query
