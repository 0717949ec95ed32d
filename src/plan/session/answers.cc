#include "plan/session/answers.h"

#include <algorithm>
#include <set>

#include "base/ascii_case.h"
#include "base/similar.h"
#include "function/aggregate.h"
#include "function/conditional_calls.h"
#include "function/scalar.h"
#include "plan/bind/object_name.h"
#include "plan/session/describe_function.h"
#include "plan/session/show_create.h"

namespace millrace::plan {

namespace {

using Row = std::vector<std::optional<std::string>>;
using What = sql::Show::What;

// SQL's LIKE: % for any text, _ for any character.
bool is_like(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) {
    return text.empty();
  }
  if (pattern.front() == '%') {
    for (size_t skipped = 0; skipped <= text.size(); ++skipped) {
      if (is_like(text.substr(skipped), pattern.substr(1))) {
        return true;
      }
    }
    return false;
  }
  return !text.empty() && (pattern.front() == '_' || pattern.front() == text.front()) &&
         is_like(text.substr(1), pattern.substr(1));
}

bool is_wanted(const sql::Show& show, const std::string& name) {
  if (!show.like) {
    return true;
  }
  const bool like = show.ignore_case ? is_like(lower_case(name), lower_case(*show.like))
                                     : is_like(name, *show.like);
  return like != show.not_like;
}

Answer list_of(const char* column, const std::vector<std::string>& names, const sql::Show& show) {
  Answer answer{{column}, {}};
  for (const std::string& name : names) {
    if (is_wanted(show, name)) {
      answer.rows.push_back({name});
    }
  }
  return answer;
}

std::string truth(bool value) { return value ? "TRUE" : "FALSE"; }

// --- Functions ---

// Operators have functions too, whose names are no names.
bool is_name(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::vector<std::string> built_in_functions() {
  std::set<std::string> names;
  const auto add = [&](std::string_view name) {
    if (is_name(name)) {
      names.insert(lower_case(name));
    }
  };
  for (const function::ScalarFunction& scalar : function::all_scalars()) {
    add(scalar.name);
  }
  for (const function::ConditionalFunction& conditional : function::all_conditionals()) {
    add(conditional.name);
  }
  for (const function::AggregateFunction& aggregate : function::all_aggregates()) {
    add(aggregate.name);
  }
  return {names.begin(), names.end()};
}

std::vector<std::string> with_own_functions(std::vector<std::string> names,
                                            const catalog::Catalog& catalog,
                                            const catalog::Namespace& space, const Position& at) {
  for (const auto& own : {catalog.function_names(space, at), catalog.system_function_names()}) {
    names.insert(names.end(), own.begin(), own.end());
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

// --- Tables and views ---

const char* kColumns[] = {"name", "type", "null", "key", "extras", "watermark"};

std::string key_text(const catalog::Table& table) {
  std::string text;
  for (const size_t column : table.primary_key) {
    text += (text.empty() ? "" : ", ") + table.columns[column].name;
  }
  return "PRI(" + text + ")";
}

std::optional<std::string> extras_of(const catalog::ColumnDefinition& column) {
  switch (column.kind) {
    case catalog::ColumnKind::physical: return std::nullopt;
    case catalog::ColumnKind::computed: return "AS " + column.expression_text;
    case catalog::ColumnKind::metadata: break;
  }
  std::string text = "METADATA";
  text += column.metadata_key == column.name ? "" : " FROM '" + column.metadata_key + "'";
  return text + (column.is_virtual ? " VIRTUAL" : "");
}

Row row_of(const catalog::Table& table, size_t number) {
  const catalog::ColumnDefinition& column = table.columns[number];
  const bool is_rowtime = table.watermark && table.watermark->column == number;
  const bool is_key = std::find(table.primary_key.begin(), table.primary_key.end(), number) !=
                      table.primary_key.end();
  const bool is_proctime = lower_case(column.expression_text) == "proctime()";
  return {column.name,
          column.type.as_nullable().to_string() + (is_rowtime ? " *ROWTIME*" : "") +
              (is_proctime ? " *PROCTIME*" : ""),
          truth(column.type.nullable),
          is_key ? std::optional(key_text(table)) : std::nullopt,
          extras_of(column),
          is_rowtime ? std::optional(table.watermark->text) : std::nullopt};
}

// With a column for comments where there are any.
Answer describe(const catalog::Table& table) {
  Answer answer{{std::begin(kColumns), std::end(kColumns)}, {}};
  const bool commented = std::any_of(table.columns.begin(), table.columns.end(),
                                     [](const auto& column) { return !column.comment.empty(); });
  for (size_t i = 0; i < table.columns.size(); ++i) {
    Row row = row_of(table, i);
    if (commented) {
      const std::string& comment = table.columns[i].comment;
      row.push_back(comment.empty() ? std::nullopt : std::optional(comment));
    }
    answer.rows.push_back(std::move(row));
  }
  if (commented) {
    answer.columns.emplace_back("comment");
  }
  return answer;
}

Answer describe(const catalog::View& view) {
  Answer answer{{std::begin(kColumns), std::end(kColumns)}, {}};
  for (const Field& field : view.schema.fields) {
    answer.rows.push_back({field.name, field.type.as_nullable().to_string(),
                           truth(field.type.nullable), std::nullopt, std::nullopt, std::nullopt});
  }
  return answer;
}

Answer describe_columns(const sql::QualifiedName& written, const catalog::Catalog& catalog) {
  const catalog::ObjectName name = object_name(written, catalog.current());
  if (const auto table = catalog.find_table(name)) {
    return describe(*table);
  }
  if (const auto view = catalog.find_view(name)) {
    return describe(*view);
  }
  catalog.fail_unknown(name, written.position());
}

std::vector<std::string> materialized_names(const catalog::Catalog& catalog,
                                            const catalog::Namespace& space, const Position& at) {
  std::vector<std::string> names = catalog.table_names(space, at);
  std::erase_if(names, [&](const std::string& name) {
    const auto table = catalog.find_table(catalog::ObjectName{space, name});
    return table == nullptr || !table->materialized;
  });
  return names;
}

// --- SHOW CREATE ---

Text created(const sql::Show& show, catalog::Catalog& catalog) {
  const Position& at = show.name->position();
  if (show.what == What::create_catalog) {
    const std::string& name = show.name->last().text;
    return {show_create_catalog(name, catalog.properties_of(name, at))};
  }
  const catalog::ObjectName name = object_name(*show.name, catalog.current());
  if (show.what == What::create_model) {
    const auto model = catalog.find_model(name);
    if (model == nullptr) {
      throw Error(ErrorCode::not_found, "no model '" + name.name + "' is known", at);
    }
    return {show_create(*model)};
  }
  const auto table = catalog.find_table(name);
  const auto view = catalog.find_view(name);
  const bool wants_view = show.what == What::create_view;
  const bool is_materialized = table != nullptr && table->materialized;
  if (table != nullptr && !wants_view &&
      is_materialized != (show.what == What::create_materialized_table)) {
    throw Error(ErrorCode::invalid_argument,
                "'" + name.name + "' is a " + (is_materialized ? "materialized " : "") +
                    "table: use SHOW CREATE " + (is_materialized ? "MATERIALIZED " : "") + "TABLE",
                at);
  }
  if (wants_view ? table != nullptr : view != nullptr) {
    throw Error(ErrorCode::invalid_argument,
                "'" + name.name + "' is a " + (wants_view ? "table" : "view") +
                    ": use SHOW CREATE " + (wants_view ? "TABLE" : "VIEW"),
                at);
  }
  if (table == nullptr && view == nullptr) {
    catalog.fail_unknown(name, at);
  }
  return {wants_view ? show_create(*view) : show_create(*table)};
}

// --- DESCRIBE of what is no table ---

Answer describe_catalog(const sql::Describe& describe, catalog::Catalog& catalog) {
  const std::string& name = describe.name.last().text;
  const catalog::Properties& properties = catalog.properties_of(name, describe.name.position());
  const auto type = properties.options.find("type");
  Answer answer{{"info name", "info value"}, {}};
  answer.rows.push_back({"name", name});
  answer.rows.push_back(
      {"type", type == properties.options.end() ? "generic_in_memory" : type->second});
  answer.rows.push_back(
      {"comment", properties.comment.empty() ? std::nullopt : std::optional(properties.comment)});
  for (const auto& [key, value] : properties.options) {
    if (describe.extended && key != "type") {
      answer.rows.push_back({"option:" + key, value});
    }
  }
  return answer;
}

Answer describe_model(const sql::Describe& describe, const catalog::Catalog& catalog) {
  const catalog::ObjectName name = object_name(describe.name, catalog.current());
  const auto model = catalog.find_model(name);
  if (model == nullptr) {
    throw Error(ErrorCode::not_found, "no model '" + name.name + "' is known",
                describe.name.position());
  }
  Answer answer{{"name", "type", "null", "is input", "comment"}, {}};
  for (const bool input : {true, false}) {
    for (const catalog::ModelColumn& column : input ? model->inputs : model->outputs) {
      answer.rows.push_back(
          {column.name, column.type.as_nullable().to_string(), truth(column.type.nullable),
           truth(input), column.comment.empty() ? std::nullopt : std::optional(column.comment)});
    }
  }
  return answer;
}

}  // namespace

Outcome answer(const sql::Show& show, catalog::Catalog& catalog, const Position& at) {
  const Position& place = show.name ? show.name->position() : at;
  const auto database = [&] {
    return show.name ? database_name(*show.name, catalog.current()) : catalog.current();
  };
  switch (show.what) {
    case What::tables: {
      std::vector<std::string> names = catalog.table_names(database(), place);
      const std::vector<std::string> views = catalog.view_names(database(), place);
      names.insert(names.end(), views.begin(), views.end());
      std::sort(names.begin(), names.end());
      // A temporary one of either kind may hide one of the other.
      names.erase(std::unique(names.begin(), names.end()), names.end());
      return list_of("table name", names, show);
    }
    case What::materialized_tables:
      return list_of("materialized table name", materialized_names(catalog, database(), place),
                     show);
    case What::views: return list_of("view name", catalog.view_names(database(), place), show);
    case What::models: return list_of("model name", catalog.model_names(database(), place), show);
    case What::user_functions:
      return list_of("function name", with_own_functions({}, catalog, database(), place), show);
    case What::functions:
      return list_of("function name",
                     with_own_functions(built_in_functions(), catalog, database(), place), show);
    case What::catalogs: return list_of("catalog name", catalog.catalogs(), show);
    case What::databases: {
      const std::string& name = show.name ? show.name->last().text : catalog.current().catalog;
      return list_of("database name", catalog.databases(name, place), show);
    }
    case What::current_catalog:
      return list_of("current catalog name", {catalog.current().catalog}, show);
    case What::current_database:
      return list_of("current database name", {catalog.current().database}, show);
    case What::columns: {
      Answer columns = describe_columns(*show.name, catalog);
      std::erase_if(columns.rows, [&](const Row& row) { return !is_wanted(show, *row[0]); });
      return columns;
    }
    case What::modules: return list_of("module name", {"core"}, show);
    case What::full_modules: return Answer{{"module name", "used"}, {{"core", "TRUE"}}};
    case What::jars: return Answer{{"jars"}, {}};
    case What::create_table:
    case What::create_materialized_table:
    case What::create_view:
    case What::create_model:
    case What::create_catalog: return created(show, catalog);
    case What::partitions:
      throw Error(ErrorCode::unsupported,
                  "SHOW PARTITIONS is not supported: SELECT DISTINCT of its columns asks a table",
                  at);
    case What::jobs: break;  // whoever runs the jobs knows
  }
  throw Error(ErrorCode::unsupported, "this SHOW is not supported", at);
}

Outcome answer(const sql::Describe& describe, catalog::Catalog& catalog, const Position& at) {
  switch (describe.kind) {
    case sql::ObjectKind::table:
    case sql::ObjectKind::materialized_table:
    case sql::ObjectKind::view: return describe_columns(describe.name, catalog);
    case sql::ObjectKind::catalog: return describe_catalog(describe, catalog);
    case sql::ObjectKind::model: return describe_model(describe, catalog);
    case sql::ObjectKind::function: return describe_function(describe, catalog);
    case sql::ObjectKind::database: break;  // not in Flink either
  }
  throw Error(ErrorCode::unsupported, "DESCRIBE DATABASE is not supported", at);
}

}  // namespace millrace::plan
