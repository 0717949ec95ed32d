#pragma once

// The groups of a query with GROUP BY or aggregate functions: a projection that computes keys and
// arguments, and the aggregation. With GROUP BY window_start, window_end of a window table function
// it is a window aggregation, else one that sends a group again whenever it changes.

#include "plan/bind/selected_rows.h"
#include "plan/bind/sub_query_values.h"
#include "sql/query.h"

namespace millrace::plan {

// Whether the query aggregates: GROUP BY, HAVING, or an aggregate function in its select list, be
// it one of the user's.
bool is_aggregated(const sql::Select& select, const UserFunctions* functions);

// The arguments and filters of the aggregate functions in an expression.
std::vector<const sql::Expression*> inside_aggregates(const sql::Expression& written,
                                                      const UserFunctions* functions);

// FROM and WHERE, which groups are made of.
struct GroupedFrom {
  Node* node = nullptr;
  const Scope& scope;     // of its columns; outlives the groups
  SubQueryValues values;  // of the sub-queries within aggregate functions
  // Columns to group by beside those of GROUP BY, and ahead of them.
  std::vector<size_t> keys_ahead;
};

// `written` are the expressions whose aggregate functions the groups need.
SelectedRows bind_groups(Plan& plan, const sql::Select& select, const GroupedFrom& from,
                         const std::vector<const sql::Expression*>& written);

}  // namespace millrace::plan
