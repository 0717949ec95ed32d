#include "plan/session/written_tables.h"

#include <algorithm>
#include <map>

#include "base/check.h"
#include "base/match.h"
#include "base/similar.h"
#include "plan/bind/table_definitions.h"
#include "plan/session/show_create.h"
#include "sql/children.h"
#include "sql/parser.h"

namespace millrace::plan {

namespace {

using Columns = std::vector<sql::ColumnDefinition>;

Columns::iterator find(Columns& columns, const std::string& name) {
  return std::find_if(columns.begin(), columns.end(),
                      [&](const auto& column) { return column.name.text == name; });
}

[[noreturn]] void fail(const std::string& what, const Position& at) {
  throw Error(ErrorCode::invalid_argument, what, at);
}

Columns::iterator existing(Columns& columns, const sql::Name& name) {
  const auto found = find(columns, name.text);
  if (found == columns.end()) {
    std::vector<std::string> names;
    for (const sql::ColumnDefinition& column : columns) {
      names.push_back(column.name.text);
    }
    throw Error(ErrorCode::not_found,
                "unknown column '" + name.text + "'" + did_you_mean(name.text, names),
                name.position);
  }
  return found;
}

}  // namespace

sql::CreateTable written_again(const catalog::Table& table, const Position& at) {
  std::vector<sql::Statement> script = sql::parse_script(show_create(table), kRewritten);
  auto create = std::move(std::get<sql::CreateTable>(script.front().node));
  for (sql::Option& option : create.options) {
    option.key_position = option.value_position = at;
  }
  return create;
}

// --- LIKE ---

namespace {

// How a feature of the base is taken over.
class Strategies {
 public:
  explicit Strategies(const std::vector<sql::TableLike::Choice>& choices) {
    for (const sql::TableLike::Choice& choice : choices) {
      if (!by_feature_.emplace(choice.feature, choice.merging).second) {
        fail("a feature of LIKE is chosen twice: " + choice.feature, choice.position);
      }
      if (choice.merging == "OVERWRITING" &&
          (choice.feature == "ALL" || choice.feature == "CONSTRAINTS" ||
           choice.feature == "PARTITIONS" || choice.feature == "DISTRIBUTION")) {
        fail("OVERWRITING cannot be said of " + choice.feature, choice.position);
      }
    }
  }
  bool includes(const std::string& feature) const { return of(feature) != "EXCLUDING"; }
  bool overwrites(const std::string& feature) const { return of(feature) == "OVERWRITING"; }

 private:
  std::string of(const std::string& feature) const {
    for (const std::string& key : {feature, std::string("ALL")}) {
      const auto found = by_feature_.find(key);
      if (found != by_feature_.end()) {
        return found->second;
      }
    }
    return feature == "OPTIONS" ? "OVERWRITING" : "INCLUDING";
  }

  std::map<std::string, std::string> by_feature_;
};

const char* feature_of(const sql::ColumnDefinition& column) {
  switch (column.kind) {
    case sql::ColumnDefinition::Kind::physical: return "";
    case sql::ColumnDefinition::Kind::computed: return "GENERATED";
    case sql::ColumnDefinition::Kind::metadata: return "METADATA";
  }
  return "";
}

void merge_columns(sql::CreateTable& create, Columns base, const Strategies& strategies) {
  Columns merged;
  for (sql::ColumnDefinition& column : base) {
    const bool physical = column.kind == sql::ColumnDefinition::Kind::physical;
    if (physical || strategies.includes(feature_of(column))) {
      merged.push_back(std::move(column));
    }
  }
  for (sql::ColumnDefinition& column : create.columns) {
    const auto found = find(merged, column.name.text);
    if (found == merged.end()) {
      merged.push_back(std::move(column));
    } else if (found->kind == column.kind && column.kind != sql::ColumnDefinition::Kind::physical &&
               strategies.overwrites(feature_of(column))) {
      *found = std::move(column);
    } else {
      fail("a column named '" + column.name.text + "' already exists in the base table",
           column.name.position);
    }
  }
  create.columns = std::move(merged);
}

void merge_options(sql::CreateTable& create, std::vector<sql::Option> base,
                   const Strategies& strategies) {
  if (!strategies.includes("OPTIONS")) {
    return;
  }
  for (sql::Option& option : base) {
    const auto own = std::find_if(create.options.begin(), create.options.end(),
                                  [&](const auto& other) { return other.key == option.key; });
    if (own == create.options.end()) {
      create.options.push_back(std::move(option));
    } else if (!strategies.overwrites("OPTIONS")) {
      fail("there already exists an option '" + option.key + "' -> '" + option.value +
               "' in the base table: say EXCLUDING OPTIONS or OVERWRITING OPTIONS",
           own->key_position);
    }
  }
}

void merge_watermark(sql::CreateTable& create, std::vector<sql::WatermarkDefinition> base,
                     const Strategies& strategies) {
  if (base.empty() || !strategies.includes("WATERMARKS")) {
    return;
  }
  if (create.watermarks.empty()) {
    create.watermarks = std::move(base);
  } else if (!strategies.overwrites("WATERMARKS")) {
    fail(
        "there already exists a watermark in the base table: say EXCLUDING WATERMARKS or "
        "OVERWRITING WATERMARKS",
        create.watermarks.front().position);
  }
}

}  // namespace

// A key makes the columns that are declared beside it NOT NULL; those of the base stay as they are.
static void check_key(const sql::PrimaryKey& key, Columns& base) {
  for (const sql::Name& name : key.columns) {
    const auto column = find(base, name.text);
    if (column != base.end() && column->type && !column->type->not_null) {
      fail("column '" + name.text +
               "' of the primary key is nullable in the base table: declare it NOT NULL there",
           name.position);
    }
  }
}

void add_base(sql::CreateTable& create, const catalog::Table& base_table) {
  sql::CreateTable base = written_again(base_table, create.like->source.position());
  const Strategies strategies(create.like->choices);
  if (create.primary_key) {
    check_key(*create.primary_key, base.columns);
  }
  merge_columns(create, std::move(base.columns), strategies);
  merge_options(create, std::move(base.options), strategies);
  merge_watermark(create, std::move(base.watermarks), strategies);
  if (base.primary_key && strategies.includes("CONSTRAINTS")) {
    if (create.primary_key) {
      fail("the base table already has a primary key: say EXCLUDING CONSTRAINTS",
           create.primary_key->position);
    }
    create.primary_key = std::move(base.primary_key);
  }
  if (!base.partitioned_by.empty() && strategies.includes("PARTITIONS")) {
    if (!create.partitioned_by.empty()) {
      fail("the base table already has partitions: say EXCLUDING PARTITIONS",
           create.partitioned_by.front().position);
    }
    create.partitioned_by = std::move(base.partitioned_by);
  }
  create.like = std::nullopt;
}

// --- CREATE TABLE AS ---

static bool is_of_null(const Type& type) {
  return type.kind == TypeKind::null_ ||
         (type.children && std::any_of(type.children->begin(), type.children->end(),
                                       [](const Field& part) { return is_of_null(part.type); }));
}

// The type of a column as it would be written.
static sql::TypeName type_name(const std::string& column, const Type& type, const Position& at) {
  if (is_of_null(type)) {
    fail("column '" + column + "' of the query is NULL of no type: write CAST(NULL AS ...)", at);
  }
  sql::Statement statement = sql::parse_statement("CREATE TABLE t (c " + written_type(type) + ")");
  return std::move(*std::get<sql::CreateTable>(statement.node).columns.front().type);
}

// Columns that are there by name alone take the query's types, and are all of them then. True where
// there are such.
static bool named_alone(const Columns& columns, const std::vector<std::string>& names) {
  size_t named = 0;
  for (const sql::ColumnDefinition& column : columns) {
    const bool by_name = column.kind == sql::ColumnDefinition::Kind::physical && !column.type;
    named += by_name ? 1 : 0;
    if (by_name && std::find(names.begin(), names.end(), column.name.text) == names.end()) {
      throw Error(ErrorCode::not_found,
                  "the query has no column '" + column.name.text + "'" +
                      did_you_mean(column.name.text, names),
                  column.name.position);
    }
  }
  if (named > 0 && named != names.size()) {
    fail("the list names " + std::to_string(named) + " columns, but the query has " +
             std::to_string(names.size()),
         columns.front().name.position);
  }
  return named > 0;
}

// The query fills a column of its name, which then cannot be computed or only read.
static void require_filled(const sql::ColumnDefinition& column) {
  const bool computed = column.kind == sql::ColumnDefinition::Kind::computed;
  if (computed || column.is_virtual) {
    fail("column '" + column.name.text + "' is " + (computed ? "computed" : "VIRTUAL") +
             ", and the query has one of that name, which would have to be written: give one of "
             "them another name",
         column.name.position);
  }
}

// The query's columns in its order, behind those that it does not have.
static void put_in_order(Columns& columns, const std::vector<std::string>& names) {
  const auto place = [&](const sql::ColumnDefinition& column) {
    const auto found = std::find(names.begin(), names.end(), column.name.text);
    return found == names.end() ? 0 : 1 + (found - names.begin());
  };
  std::stable_sort(columns.begin(), columns.end(),
                   [&](const auto& a, const auto& b) { return place(a) < place(b); });
}

void add_query_columns(sql::CreateTable& create, const std::vector<std::string>& names,
                       const Schema& schema, const Position& at) {
  const bool order_is_written = named_alone(create.columns, names);
  for (size_t i = 0; i < names.size(); ++i) {
    auto column = find(create.columns, names[i]);
    if (column == create.columns.end()) {
      column = create.columns.emplace(create.columns.end());
      column->name = {at, names[i]};
    }
    require_filled(*column);
    if (column->kind == sql::ColumnDefinition::Kind::physical && !column->type) {
      column->type = type_name(names[i], schema[i].type, at);
    }
  }
  if (!order_is_written) {
    put_in_order(create.columns, names);
  }
}

// --- ALTER TABLE ---

namespace {

// `expression` may be null.
bool names(const sql::ExpressionPtr& expression, const std::string& column) {
  return expression != nullptr && sql::any_of(*expression, [&](const sql::Expression& part) {
           const auto* name = std::get_if<sql::ColumnName>(&part.node);
           return name != nullptr && name->name.parts.front().text == column;
         });
}

bool contains(const std::vector<sql::Name>& all, const std::string& column) {
  return std::any_of(all.begin(), all.end(),
                     [&](const sql::Name& name) { return name.text == column; });
}

// That no other column but those of `gone`, nor the watermark or the partitions, needs it.
void check_unnamed(const sql::CreateTable& table, const sql::Name& column,
                   const std::vector<sql::Name>& gone) {
  const auto fail_used = [&](const std::string& by) {
    fail("column '" + column.text + "' is used by " + by, column.position);
  };
  for (const sql::ColumnDefinition& other : table.columns) {
    if (names(other.expression, column.text) && !contains(gone, other.name.text)) {
      fail_used("computed column '" + other.name.text + "'");
    }
  }
  for (const sql::WatermarkDefinition& watermark : table.watermarks) {
    if (watermark.column.last().text == column.text || names(watermark.expression, column.text)) {
      fail_used("the watermark");
    }
  }
  if (contains(table.partitioned_by, column.text)) {
    fail_used("PARTITIONED BY");
  }
}

void place(Columns& columns, sql::ColumnDefinition column,
           const sql::ChangeElements::Place& where) {
  auto at = columns.end();
  if (where.first) {
    at = columns.begin();
  } else if (where.after) {
    at = existing(columns, *where.after) + 1;
  }
  columns.insert(at, std::move(column));
}

void add_elements(sql::ChangeElements& change, sql::CreateTable& table) {
  refuse_intervals(change.columns);
  for (size_t i = 0; i < change.columns.size(); ++i) {
    sql::ColumnDefinition& column = change.columns[i];
    if (find(table.columns, column.name.text) != table.columns.end()) {
      fail("column '" + column.name.text + "' exists already", column.name.position);
    }
    place(table.columns, std::move(column), change.places[i]);
  }
  if (change.watermark) {
    if (!table.watermarks.empty()) {
      fail("the table has a watermark already: say MODIFY", change.watermark->position);
    }
    table.watermarks.push_back(std::move(*change.watermark));
  }
  if (change.primary_key) {
    if (table.primary_key) {
      fail("the table has a primary key already: say MODIFY", change.primary_key->position);
    }
    table.primary_key = std::move(change.primary_key);
  }
}

void modify_elements(sql::ChangeElements& change, sql::CreateTable& table, const Position& at) {
  refuse_intervals(change.columns);
  for (size_t i = 0; i < change.columns.size(); ++i) {
    sql::ColumnDefinition& column = change.columns[i];
    const auto found = existing(table.columns, column.name);
    if (!column.comment) {
      column.comment = found->comment;
    }
    if (change.places[i].first || change.places[i].after) {
      table.columns.erase(found);
      place(table.columns, std::move(column), change.places[i]);
    } else {
      *found = std::move(column);
    }
  }
  if (change.watermark) {
    if (table.watermarks.empty()) {
      fail("the table has no watermark to modify: say ADD", change.watermark->position);
    }
    table.watermarks.front() = std::move(*change.watermark);
  }
  if (change.primary_key) {
    if (!table.primary_key) {
      fail("the table has no primary key to modify: say ADD", at);
    }
    table.primary_key = std::move(change.primary_key);
  }
}

void rename(const sql::RenameColumn& change, sql::CreateTable& table) {
  const auto found = existing(table.columns, change.from);
  if (find(table.columns, change.to.text) != table.columns.end()) {
    fail("column '" + change.to.text + "' exists already", change.to.position);
  }
  check_unnamed(table, change.from, {});
  found->name.text = change.to.text;
  if (table.primary_key) {
    for (sql::Name& name : table.primary_key->columns) {
      name.text = name.text == change.from.text ? change.to.text : name.text;
    }
  }
}

void drop(const sql::DropColumns& change, sql::CreateTable& table) {
  for (const sql::Name& name : change.columns) {
    existing(table.columns, name);
    check_unnamed(table, name, change.columns);
    if (table.primary_key && contains(table.primary_key->columns, name.text)) {
      fail("column '" + name.text + "' is used by the primary key", name.position);
    }
  }
  for (const sql::Name& name : change.columns) {
    table.columns.erase(existing(table.columns, name));
  }
}

void drop(const sql::DropPrimaryKey& change, sql::CreateTable& table, const Position& at) {
  if (!table.primary_key) {
    fail("the table has no primary key", at);
  }
  if (change.constraint && change.constraint->text != table.primary_key->name->text) {
    fail("the table has no constraint '" + change.constraint->text + "'; there is '" +
             table.primary_key->name->text + "'",
         change.constraint->position);
  }
  table.primary_key = std::nullopt;
}

void set(std::vector<sql::Option>& changed, sql::CreateTable& table) {
  for (sql::Option& option : changed) {
    std::erase_if(table.options, [&](const auto& old) { return old.key == option.key; });
    table.options.push_back(std::move(option));
  }
}

void reset(const std::vector<std::string>& keys, sql::CreateTable& table, const Position& at) {
  for (const std::string& key : keys) {
    if (key == "connector") {
      fail("the option 'connector' cannot be reset", at);
    }
    std::erase_if(table.options, [&](const auto& old) { return old.key == key; });
  }
}

}  // namespace

void apply(sql::Alter& alter, sql::CreateTable& table) {
  const Position& at = alter.name.position();
  match(
      alter.change, [](sql::RenameTo&) { check(false, "RENAME TO changes no definition"); },
      [&](sql::RenameColumn& change) { rename(change, table); },
      [&](sql::ChangeElements& change) {
        if (change.verb == sql::ChangeElements::Verb::add) {
          add_elements(change, table);
        } else {
          modify_elements(change, table, at);
        }
      },
      [&](sql::DropColumns& change) { drop(change, table); },
      [&](sql::DropPrimaryKey& change) { drop(change, table, at); },
      [&](sql::DropWatermark&) {
        if (table.watermarks.empty()) {
          fail("the table has no watermark", at);
        }
        table.watermarks.clear();
      },
      [&](sql::SetOptions& change) { set(change.options, table); },
      [&](sql::ResetOptions& change) { reset(change.keys, table, at); },
      [](auto&) { check(false, "of a query, which is no part of the table's definition"); });
}

}  // namespace millrace::plan
