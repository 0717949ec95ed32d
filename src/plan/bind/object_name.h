#pragma once

// Names of tables and views: there is one catalog with one database, which may be named as Flink
// names its own.

#include <string>

#include "sql/name.h"

namespace millrace::plan {

// "t" of t, default_database.t and default_catalog.default_database.t; an Error for others.
const std::string& object_name(const sql::QualifiedName& name);

}  // namespace millrace::plan
