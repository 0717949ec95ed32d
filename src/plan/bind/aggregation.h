#pragma once

// SELECT with GROUP BY or aggregate functions: a projection that computes keys and arguments, the
// aggregation, HAVING, and a projection that computes the select list. With GROUP BY window_start,
// window_end of a window table function it is a window aggregation, else one that sends a group
// again whenever it changes.

#include "plan/bind/queries.h"

namespace millrace::plan {

// Whether the query aggregates: GROUP BY, HAVING, or an aggregate function in its select list.
bool is_aggregated(const sql::Select& select);

// `from` is FROM and WHERE, its columns are the scope's. `keys_ahead` are columns to group by
// beside those of GROUP BY, which come ahead of the select list.
Relation bind_grouped(Plan& plan, const sql::Select& select, const Relation& from,
                      const Scope& scope, Ordering& ordering,
                      const std::vector<size_t>& keys_ahead = {});

}  // namespace millrace::plan
