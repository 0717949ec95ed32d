#pragma once

// Names as written to the full names that they stand for.

#include "catalog/object_name.h"
#include "sql/name.h"

namespace millrace::plan {

// t, d.t or c.d.t; what is not said is that of `current`. Error(syntax) for more parts.
catalog::ObjectName object_name(const sql::QualifiedName& name, const catalog::Namespace& current);
// d or c.d.
catalog::Namespace database_name(const sql::QualifiedName& name, const catalog::Namespace& current);

}  // namespace millrace::plan
