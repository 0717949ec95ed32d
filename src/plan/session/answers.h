#pragma once

// SHOW and DESCRIBE, with the columns and words that Flink answers with.

#include "catalog/catalog.h"
#include "plan/session/session.h"
#include "sql/statement.h"

namespace millrace::plan {

Outcome answer(const sql::Show& show, catalog::Catalog& catalog, const Position& at);
Outcome answer(const sql::Describe& describe, catalog::Catalog& catalog, const Position& at);

}  // namespace millrace::plan
