#pragma once

// CREATE, DROP and ALTER: what they do to the catalog.

#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/check_options.h"
#include "plan/bind/user_functions.h"
#include "plan/session/libraries.h"
#include "plan/session/session.h"
#include "sql/statement.h"

namespace millrace::plan {

class Definitions {
 public:
  // All three outlive this.
  Definitions(catalog::Catalog* catalog, const catalog::Connections& connections,
              const Loadable& loadable)
      : catalog_(catalog),
        connections_(connections),
        loadable_(loadable),
        functions_(*catalog, catalog->current()) {}

  Done create(sql::CreateTable& create);
  // CREATE TABLE AS, with the columns of its query. False where the table was there and stays.
  bool create_as(sql::CreateTable& create, const std::vector<std::string>& names,
                 const Schema& schema, std::optional<catalog::Materialized> materialized = {});
  // The table with these beside its own columns, of the types that they have here.
  void add_columns(const catalog::Table& table, const std::vector<std::string>& names,
                   const Schema& schema, catalog::Materialized materialized, const Position& at);
  // Another state of the same.
  void set_materialized(const catalog::Table& table, catalog::Materialized materialized,
                        const Position& at);
  Done create(const sql::CreateView& create);
  Done create(const sql::CreateFunction& create);
  Done create(const sql::CreateCatalog& create, const Position& at);
  Done create(const sql::CreateDatabase& create);
  Done create(const sql::CreateModel& create);
  Done drop(const sql::Drop& drop);
  Done alter(sql::Alter& alter);

 private:
  catalog::ObjectName full_name(const sql::QualifiedName& name) const;
  catalog::Table bind_rewritten(const sql::CreateTable& create, const catalog::ObjectName& name,
                                const Position& at) const;
  void drop_function(const sql::Drop& drop);
  void refuse_materialized(const sql::Drop& drop) const;
  void alter_table(sql::Alter& alter);
  void alter_view(const sql::Alter& alter);
  void alter_model(const sql::Alter& alter);
  void alter_properties(const sql::Alter& alter);
  void replace(catalog::Table table, const catalog::Table& before, const Position& at);
  catalog::View view_of(const sql::QueryPtr& query, const Position& at) const;

  catalog::Catalog* catalog_;
  const catalog::Connections& connections_;
  const Loadable& loadable_;
  const UserFunctions functions_;
};

}  // namespace millrace::plan
