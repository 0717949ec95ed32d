#pragma once

// SELECT with GROUP BY window_start, window_end and more: a projection that computes keys and
// arguments, the window aggregation, HAVING, and a projection that computes the select list.

#include "plan/bind/queries.h"

namespace millrace::plan {

// `from` is FROM and WHERE, its columns are the scope's.
Relation bind_grouped(Plan& plan, const sql::Select& select, const Relation& from,
                      const Scope& scope);

}  // namespace millrace::plan
