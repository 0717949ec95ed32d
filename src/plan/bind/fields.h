#pragma once

// Parts of a ROW: row.field, row[1], row['field'].

#include "function/expression.h"
#include "sql/expression.h"
#include "sql/name.h"

namespace millrace::plan {

// Throws Error(type_mismatch) where the value is no ROW, and Error(not_found) with the nearest
// field.
function::Expression field_named(function::Expression row, const sql::Name& name);
// The field that the index names or counts, from one; it is a constant.
function::Expression field_at(function::Expression row, const sql::Expression& index);

}  // namespace millrace::plan
