#pragma once

// CREATE TABLE: from the definition as written to the table that the catalog keeps.

#include "catalog/check_options.h"
#include "catalog/table.h"
#include "plan/bind/user_functions.h"
#include "sql/statement.h"

namespace millrace::plan {

// Throws Error at the place of the mistake.
catalog::Table bind_table(const sql::CreateTable& written, const catalog::ObjectName& name,
                          const catalog::Connections& connections, const UserFunctions& functions);

// No column is declared an interval, or something made of intervals, as in Flink; only a query's
// columns can be. Throws Error at the type.
void refuse_intervals(const std::vector<sql::ColumnDefinition>& columns);

}  // namespace millrace::plan
