#pragma once

// DESCRIBE FUNCTION [EXTENDED] f.

#include "catalog/catalog.h"
#include "plan/session/session.h"
#include "sql/statement.h"

namespace millrace::plan {

Answer describe_function(const sql::Describe& describe, const catalog::Catalog& catalog);

}  // namespace millrace::plan
