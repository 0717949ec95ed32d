#pragma once

// CREATE FUNCTION: from the definition as written to the function that the catalog keeps.

#include "catalog/function.h"
#include "plan/bind/user_functions.h"
#include "sql/statement.h"

namespace millrace::plan {

// Without its name. Throws Error at the place of the mistake, also where a library cannot be loaded
// or has no such function.
catalog::Function bind_function(const sql::CreateFunction& written, const UserFunctions& functions);

}  // namespace millrace::plan
