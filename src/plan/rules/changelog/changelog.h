#pragma once

// The steps by which infer_changelogs() finds what changes leave each node, as Flink's planner
// does: from the sources up which kinds a node makes of what reaches it, and whether it can take
// those; then from the sinks down whether the -U ahead of a +U is wanted. A node kind has its line
// in each.

#include <vector>

#include "plan/nodes.h"

namespace millrace::plan {

// --- changes_made.cc ---

// Sets changelog and upsert keys from those of the inputs. Throws Error where a function would have
// to take rows back, and cannot.
void set_changes(Node& node);

// --- changes_taken.cc ---

// Throws Error, in Flink's words, where the node cannot take what its inputs give.
void check_changes_taken(const Node& node);

// --- update_before.cc ---

// Settles Changelog::update_before, which says more than is wanted until then.
void settle_update_before(Plan& plan);

// --- changelog.cc ---

bool contains_all(const std::vector<size_t>& outer, const std::vector<size_t>& inner);
// Hands rows on one by one, kinds and all.
bool passes_on(const Node& node);
// The columns of one side that the join's keys are.
std::vector<size_t> join_key(const Join& node, size_t side);
// Whether rows of equal columns are one row.
bool is_unique_within(const Node& input, const std::vector<size_t>& columns);

}  // namespace millrace::plan
