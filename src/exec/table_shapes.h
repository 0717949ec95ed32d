#pragma once

// What the tables of state are made for, out of what a plan says of the rows that they keep.

#include <vector>

#include "column/type.h"
#include "plan/nodes.h"
#include "state/row_order.h"

namespace millrace::exec {

std::vector<Type> types_of(const Schema& schema);
// Of some columns, in their order.
std::vector<Type> types_of(const Schema& schema, const std::vector<size_t>& columns);
std::vector<state::OrderColumn> order_of(const std::vector<plan::SortKey>& keys);

}  // namespace millrace::exec
