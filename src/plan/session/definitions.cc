#include "plan/session/definitions.h"

#include <algorithm>

#include "base/similar.h"
#include "function/aggregate.h"
#include "plan/bind/function_definitions.h"
#include "plan/bind/object_name.h"
#include "plan/bind/queries.h"
#include "plan/bind/table_definitions.h"
#include "plan/bind/types.h"
#include "plan/session/written_tables.h"

namespace millrace::plan {

namespace {

catalog::IfExists if_exists(bool if_not_exists) {
  return if_not_exists ? catalog::IfExists::keep : catalog::IfExists::fail;
}
catalog::IfMissing if_missing(bool if_exists) {
  return if_exists ? catalog::IfMissing::ignore : catalog::IfMissing::fail;
}
catalog::Lifetime lifetime(bool temporary) {
  return temporary ? catalog::Lifetime::temporary : catalog::Lifetime::permanent;
}

std::map<std::string, std::string> values_of(const std::vector<sql::Option>& options) {
  std::map<std::string, std::string> values;
  for (const sql::Option& option : options) {
    if (!values.emplace(option.key, option.value).second) {
      throw Error(ErrorCode::invalid_argument, "option '" + option.key + "' is given twice",
                  option.key_position);
    }
  }
  return values;
}

}  // namespace

catalog::ObjectName Definitions::full_name(const sql::QualifiedName& name) const {
  return object_name(name, catalog_->current());
}

// --- Tables ---

// A definition that was made from another: what is wrong in words that nobody wrote is wrong `at`
// the place that asked for them.
catalog::Table Definitions::bind_rewritten(const sql::CreateTable& create,
                                           const catalog::ObjectName& name,
                                           const Position& at) const {
  try {
    return bind_table(create, name, connections_, functions_);
  } catch (const Error& error) {  // the same one, at another place
    const bool is_ours = error.position() && error.position()->file == kRewritten;
    throw Error(error.code(), error.message(), is_ours ? at : error.position());
  }
}

Done Definitions::create(sql::CreateTable& create) {
  Position at = create.name.position();
  refuse_intervals(create.columns);
  if (create.like) {
    at = create.like->source.position();
    const catalog::ObjectName name = full_name(create.like->source);
    const auto base = catalog_->find_table(name);
    if (base == nullptr) {
      catalog_->fail_unknown(name, create.like->source.position());
    }
    add_base(create, *base);
  }
  catalog_->add(bind_rewritten(create, full_name(create.name), at), if_exists(create.if_not_exists),
                create.name.position());
  return {};
}

bool Definitions::create_as(sql::CreateTable& create, const std::vector<std::string>& names,
                            const Schema& schema,
                            std::optional<catalog::Materialized> materialized) {
  const catalog::ObjectName name = full_name(create.name);
  if (create.if_not_exists && catalog_->find_table(name) != nullptr) {
    return false;
  }
  refuse_intervals(create.columns);
  add_query_columns(create, names, schema, create.as->position);
  catalog::Table table = bind_table(create, name, connections_, functions_);
  table.materialized = std::move(materialized);
  if (create.or_replace) {
    catalog_->drop_table(name, lifetime(create.temporary), catalog::IfMissing::ignore,
                         create.name.position());
  }
  catalog_->add(std::move(table), catalog::IfExists::fail, create.name.position());
  return true;
}

// --- Views ---

// Its query is bound here for its mistakes, and again in every job that reads the view.
Done Definitions::create(const sql::CreateView& create) {
  catalog::View view = view_of(create.query, create.name.position());
  const catalog::ObjectName name = full_name(create.name);
  view.name = name.name;
  view.space = name.space;
  view.temporary = create.temporary;
  view.comment = create.comment.value_or("");
  view.query = create.query_text;
  view.position = create.query_position;
  if (!create.columns.empty() && create.columns.size() != view.columns.size()) {
    throw Error(ErrorCode::invalid_argument,
                "view '" + view.name + "' names " + std::to_string(create.columns.size()) +
                    " columns, but its query has " + std::to_string(view.columns.size()),
                create.columns.front().position);
  }
  for (size_t i = 0; i < create.columns.size(); ++i) {
    view.columns[i] = create.columns[i].text;
    view.schema.fields[i].name = create.columns[i].text;
  }
  refuse_repeated(view.columns, "view '" + view.name + "'", create.name.position());
  catalog_->add(std::move(view), if_exists(create.if_not_exists), create.name.position());
  return {};
}

// Its columns, as the query has them now, and where names in it are looked for.
catalog::View Definitions::view_of(const sql::QueryPtr& query, const Position&) const {
  Plan discarded;
  const Relation relation = QueryBinder(*catalog_, connections_, discarded).bind_nested(*query);
  catalog::View view;
  view.columns = relation.names;
  for (size_t i = 0; i < relation.names.size(); ++i) {
    view.schema.fields.push_back({view.columns[i], relation.node->schema[i].type});
  }
  view.names_in = catalog_->current();
  return view;
}

// --- Functions, models, catalogs, databases ---

Done Definitions::create(const sql::CreateFunction& create) {
  const Position& at = create.name.position();
  check_loadable(create, loadable_);
  catalog::Function function = bind_function(create, functions_);
  const catalog::ObjectName name = full_name(create.name);
  function.name = function_name(name.name);
  function.space = name.space;
  function.temporary = create.temporary;
  if (!create.system) {
    catalog_->add(std::move(function), if_exists(create.if_not_exists), at);
    return {};
  }
  if (create.name.parts.size() > 1) {
    throw Error(ErrorCode::invalid_argument, "a system function belongs to no database", at);
  }
  if (function::find_aggregate(function.name) != nullptr) {
    throw Error(ErrorCode::unsupported,
                "a system function cannot hide the aggregate function " + function.name, at);
  }
  catalog_->add_system(std::move(function), if_exists(create.if_not_exists), at);
  return {};
}

Done Definitions::create(const sql::CreateCatalog& create, const Position& at) {
  const std::map<std::string, std::string> options = values_of(create.options);
  const auto type = options.find("type");
  if (type == options.end() || type->second != "generic_in_memory") {
    throw Error(ErrorCode::unsupported,
                type == options.end()
                    ? "a catalog needs the option 'type', which is 'generic_in_memory'"
                    : "catalogs of type '" + type->second +
                          "' are not supported: there is 'generic_in_memory'",
                create.options.empty() ? at : create.options.front().key_position);
  }
  catalog_->create_catalog(create.name.text, {create.comment.value_or(""), options},
                           if_exists(create.if_not_exists), create.name.position);
  return {};
}

Done Definitions::create(const sql::CreateDatabase& create) {
  catalog_->create_database(database_name(create.name, catalog_->current()),
                            {create.comment.value_or(""), values_of(create.options)},
                            if_exists(create.if_not_exists), create.name.position());
  return {};
}

static std::vector<catalog::ModelColumn> columns_of(
    const std::vector<sql::ColumnDefinition>& written) {
  std::vector<catalog::ModelColumn> columns;
  for (const sql::ColumnDefinition& column : written) {
    columns.push_back({column.name.text, bind_type(*column.type), column.comment.value_or("")});
  }
  return columns;
}

Done Definitions::create(const sql::CreateModel& create) {
  const catalog::ObjectName name = full_name(create.name);
  catalog_->add(catalog::Model{.name = name.name,
                               .space = name.space,
                               .inputs = columns_of(create.inputs),
                               .outputs = columns_of(create.outputs),
                               .options = values_of(create.options),
                               .comment = create.comment.value_or(""),
                               .temporary = create.temporary},
                if_exists(create.if_not_exists), create.name.position());
  return {};
}

// --- DROP ---

void Definitions::drop_function(const sql::Drop& drop) {
  const Position& at = drop.name.position();
  catalog::ObjectName name = full_name(drop.name);
  name.name = function_name(name.name);
  if (drop.system) {
    catalog_->drop_system_function(name.name, if_missing(drop.if_exists), at);
  } else {
    catalog_->drop_function(name, lifetime(drop.temporary), if_missing(drop.if_exists), at);
  }
}

void Definitions::refuse_materialized(const sql::Drop& drop) const {
  const auto table = catalog_->find_table(full_name(drop.name));
  if (table != nullptr && table->materialized) {
    throw Error(ErrorCode::invalid_argument,
                "'" + table->name + "' is a materialized table: use DROP MATERIALIZED TABLE",
                drop.name.position());
  }
}

Done Definitions::drop(const sql::Drop& drop) {
  const Position& at = drop.name.position();
  const auto missing = if_missing(drop.if_exists);
  const auto life = lifetime(drop.temporary);
  switch (drop.kind) {
    case sql::ObjectKind::table:
      refuse_materialized(drop);
      catalog_->drop_table(full_name(drop.name), life, missing, at);
      break;
    case sql::ObjectKind::materialized_table:
      catalog_->drop_table(full_name(drop.name), life, missing, at);
      break;
    case sql::ObjectKind::view: catalog_->drop_view(full_name(drop.name), life, missing, at); break;
    case sql::ObjectKind::model:
      catalog_->drop_model(full_name(drop.name), life, missing, at);
      break;
    case sql::ObjectKind::function: drop_function(drop); break;
    case sql::ObjectKind::catalog:
      catalog_->drop_catalog(drop.name.last().text, missing, at);
      break;
    case sql::ObjectKind::database:
      catalog_->drop_database(database_name(drop.name, catalog_->current()), missing,
                              drop.cascade ? catalog::Cascade::drop_all : catalog::Cascade::refuse,
                              at);
      break;
  }
  return {};
}

}  // namespace millrace::plan
