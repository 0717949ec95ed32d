// ALTER: the thing as it would be now takes the place of what was there.

#include "base/match.h"
#include "plan/bind/object_name.h"
#include "plan/bind/table_definitions.h"
#include "plan/session/definitions.h"
#include "plan/session/written_tables.h"

namespace millrace::plan {

namespace {

[[noreturn]] void fail_unknown(const char* word, const std::string& name, const Position& at) {
  throw Error(ErrorCode::not_found, std::string("no ") + word + " '" + name + "' is known", at);
}

// A new name in the same database, unless another is said.
catalog::ObjectName renamed(const catalog::ObjectName& before, const sql::RenameTo& rename) {
  const catalog::ObjectName name = object_name(rename.name, before.space);
  if (!(name.space == before.space)) {
    throw Error(ErrorCode::invalid_argument, "RENAME TO stays in the same database",
                rename.name.position());
  }
  return name;
}

}  // namespace

Done Definitions::alter(sql::Alter& alter) {
  switch (alter.kind) {
    case sql::ObjectKind::table:
    case sql::ObjectKind::materialized_table: alter_table(alter); break;
    case sql::ObjectKind::view: alter_view(alter); break;
    case sql::ObjectKind::model: alter_model(alter); break;
    case sql::ObjectKind::catalog:
    case sql::ObjectKind::database: alter_properties(alter); break;
    case sql::ObjectKind::function: break;  // is not parsed
  }
  return {};
}

// Temporary tables are not altered, as in Flink.
void Definitions::alter_table(sql::Alter& alter) {
  const Position& at = alter.name.position();
  const catalog::ObjectName name = full_name(alter.name);
  const auto table = catalog_->find_table(name);
  if (table == nullptr && catalog_->find_view(name) != nullptr) {
    throw Error(ErrorCode::invalid_argument,
                "ALTER TABLE for a view is not allowed: '" + name.name + "' is one, for ALTER VIEW",
                at);
  }
  if (table == nullptr || table->temporary) {
    if (alter.if_exists) {
      return;
    }
    throw Error(ErrorCode::not_found,
                "table '" + name.to_string() + "' doesn't exist or is a temporary table", at);
  }
  if (table->materialized && alter.kind == sql::ObjectKind::table) {
    throw Error(ErrorCode::invalid_argument,
                "'" + table->name + "' is a materialized table: use ALTER MATERIALIZED TABLE", at);
  }
  catalog::Table changed = *table;
  if (const auto* rename = std::get_if<sql::RenameTo>(&alter.change)) {
    changed.name = renamed(name, *rename).name;
  } else {
    sql::CreateTable written = written_again(*table, at);
    apply(alter, written);
    changed = bind_rewritten(written, name, at);
    changed.materialized = table->materialized;
  }
  replace(std::move(changed), *table, at);
}

void Definitions::add_columns(const catalog::Table& table, const std::vector<std::string>& names,
                              const Schema& schema, catalog::Materialized materialized,
                              const Position& at) {
  sql::CreateTable written = written_again(table, at);
  add_query_columns(written, names, schema, at);
  catalog::Table changed = bind_rewritten(written, {table.space, table.name}, at);
  changed.materialized = std::move(materialized);
  replace(std::move(changed), table, at);
}

void Definitions::set_materialized(const catalog::Table& table, catalog::Materialized materialized,
                                   const Position& at) {
  catalog::Table changed = table;
  changed.materialized = std::move(materialized);
  replace(std::move(changed), table, at);
}

// A name that is taken throws before anything is gone.
void Definitions::replace(catalog::Table table, const catalog::Table& before, const Position& at) {
  const catalog::ObjectName old_name{before.space, before.name};
  catalog_->drop_table(old_name, catalog::Lifetime::permanent, catalog::IfMissing::fail, at);
  if (table.name != before.name && (catalog_->find_table({table.space, table.name}) != nullptr ||
                                    catalog_->find_view({table.space, table.name}) != nullptr)) {
    catalog_->add(before, catalog::IfExists::fail, at);
  }
  catalog_->add(std::move(table), catalog::IfExists::fail, at);
}

void Definitions::alter_view(const sql::Alter& alter) {
  const Position& at = alter.name.position();
  const catalog::ObjectName name = full_name(alter.name);
  const auto view = catalog_->find_view(name);
  if (view == nullptr) {
    if (alter.if_exists) {
      return;
    }
    fail_unknown("view", name.to_string(), at);
  }
  catalog::View changed = *view;
  if (const auto* rename = std::get_if<sql::RenameTo>(&alter.change)) {
    changed.name = renamed(name, *rename).name;
  } else {
    const auto& change = std::get<sql::ChangeQuery>(alter.change);
    const catalog::View now = view_of(change.query, at);
    changed.columns = now.columns;
    changed.schema = now.schema;
    changed.names_in = now.names_in;
    changed.query = change.query_text;
    changed.position = change.query_position;
  }
  catalog_->drop_view(name,
                      view->temporary ? catalog::Lifetime::temporary : catalog::Lifetime::permanent,
                      catalog::IfMissing::fail, at);
  catalog_->add(std::move(changed), catalog::IfExists::fail, at);
}

void Definitions::alter_model(const sql::Alter& alter) {
  const Position& at = alter.name.position();
  const catalog::ObjectName name = full_name(alter.name);
  const auto model = catalog_->find_model(name);
  if (model == nullptr) {
    if (alter.if_exists) {
      return;
    }
    fail_unknown("model", name.to_string(), at);
  }
  catalog::Model changed = *model;
  if (const auto* rename = std::get_if<sql::RenameTo>(&alter.change)) {
    changed.name = renamed(name, *rename).name;
  } else if (const auto* set = std::get_if<sql::SetOptions>(&alter.change)) {
    for (const sql::Option& option : set->options) {
      changed.options[option.key] = option.value;
    }
  } else if (const auto* reset = std::get_if<sql::ResetOptions>(&alter.change)) {
    for (const std::string& key : reset->keys) {
      changed.options.erase(key);
    }
  }
  catalog_->drop_model(
      name, model->temporary ? catalog::Lifetime::temporary : catalog::Lifetime::permanent,
      catalog::IfMissing::fail, at);
  catalog_->add(std::move(changed), catalog::IfExists::fail, at);
}

// Of a catalog or a database.
void Definitions::alter_properties(const sql::Alter& alter) {
  const Position& at = alter.name.position();
  catalog::Properties& properties =
      alter.kind == sql::ObjectKind::catalog
          ? catalog_->properties_of(alter.name.last().text, at)
          : catalog_->properties_of(database_name(alter.name, catalog_->current()), at);
  if (const auto* set = std::get_if<sql::SetOptions>(&alter.change)) {
    for (const sql::Option& option : set->options) {
      properties.options[option.key] = option.value;
    }
  } else if (const auto* reset = std::get_if<sql::ResetOptions>(&alter.change)) {
    for (const std::string& key : reset->keys) {
      properties.options.erase(key);
    }
  } else if (const auto* comment = std::get_if<sql::SetComment>(&alter.change)) {
    properties.comment = comment->comment;
  } else {
    throw Error(ErrorCode::unsupported, "a catalog or a database is not renamed", at);
  }
}

}  // namespace millrace::plan
