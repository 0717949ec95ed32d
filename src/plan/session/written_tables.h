#pragma once

// Table definitions made of others: LIKE, CREATE TABLE AS and ALTER TABLE change a definition as it
// would be written, and the result is bound like any other.

#include <string>
#include <vector>

#include "catalog/table.h"
#include "sql/statement.h"

namespace millrace::plan {

// The statement that makes the table again. It has a file of its own: what is wrong in there is
// wrong at the place that asked for it. Its options are at `at`.
inline constexpr const char* kRewritten = "<rewritten>";
sql::CreateTable written_again(const catalog::Table& table, const Position& at);

// LIKE: what the base gives, by Flink's rules of INCLUDING, EXCLUDING and OVERWRITING. Throws Error
// where both define the same.
void add_base(sql::CreateTable& create, const catalog::Table& base);

// CREATE TABLE AS: behind the columns that the query does not have all of the query's, in its
// order; one that is declared has the type of its declaration. A list of names alone has an order
// of its own. Throws Error where the query's rows could not fill the columns.
void add_query_columns(sql::CreateTable& create, const std::vector<std::string>& names,
                       const Schema& schema, const Position& at);

// ALTER TABLE, but for RENAME TO. Throws Error where it does not fit the table.
void apply(sql::Alter& alter, sql::CreateTable& table);

}  // namespace millrace::plan
