#pragma once

// What leaves a node: its columns and which of them are times, as they follow from its inputs and
// its parts.

#include <string>
#include <string_view>
#include <vector>

#include "plan/nodes.h"

namespace millrace::plan {

// Schema and row time, after the node was made or its inputs or parts have changed.
void describe(Node& node);

std::vector<std::string> names_of(const Schema& schema);

// The left input's columns and the right one's, with names of their own: what a join's condition
// is over.
Schema joined_columns(const Join& node);

// Whether no grouping set leaves the key out, of those by their place in `keys`.
bool each_set_has(const Expand& node, size_t key);

// TIMESTAMP(3) for window_start and window_end; for window_time the kind of the time column.
Type type_of(WindowProperty property, const Type& time);
std::string_view name_of(WindowProperty property);

}  // namespace millrace::plan
