#pragma once

// From a type as written to the type it means, with Flink's limits and defaults.

#include "column/type.h"
#include "sql/type_name.h"

namespace millrace::plan {

// Throws Error at the type's position for a precision or length out of range.
Type bind_type(const sql::TypeName& written);

}  // namespace millrace::plan
