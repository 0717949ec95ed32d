#pragma once

// Whether the tables of a plan can be read and written as their options say: asked of their
// connectors when it is known which columns are read.

#include "catalog/check_options.h"
#include "plan/nodes.h"

namespace millrace::plan {

// Throws Error at the option that makes no sense, with what its connector says.
void check_tables(const Plan& plan, const catalog::Connections& connections);
// The same of a table that rows are written to beside a plan.
void check_written(const catalog::Table& table, const catalog::Connections& connections);

}  // namespace millrace::plan
