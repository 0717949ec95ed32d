#pragma once

// The few words of Postgres' dialect that DuckDB reads otherwise.

#include <string>

namespace millrace::query {

// The statement in DuckDB's words: pg_catalog.x as x, public as main, OPERATOR(pg_catalog.~) as ~,
// 'x'::regclass as 'x'; and SHOW TABLES, which is the lake's. The same text where nothing of that
// is in it.
std::string localized(const std::string& sql);

}  // namespace millrace::query
